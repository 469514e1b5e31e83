//! Calls the models "pytorch" and "add_sub" at the same time. OUTPUT0 is that of the first, and OUTPUT1 that of the second. No byte
//! of the tensors is copied.

const triton = @import("triton");

pub const panic = triton.panic;

comptime {
    triton.exportModel(@This());
}

pub fn execute(requests: *triton.Requests) !void {
    while (requests.next()) |request| answer(request) catch |cause| {
        if (cause == error.CallRefused) triton.failRefused(request) catch {} else request.failWith(cause);
    };
}

fn answer(request: triton.Request) !void {
    const first = try send(request, "pytorch");
    defer first.deinit();
    const second = try send(request, "add_sub");
    defer second.deinit();
    try forward(request, first, "OUTPUT0");
    try forward(request, second, "OUTPUT1");
}

/// Sends the inputs of a request to a model.
fn send(request: triton.Request, model: []const u8) !triton.Call {
    const call: triton.Call = try .init(model);
    errdefer call.deinit();
    try call.inputFrom("INPUT0", try request.input("INPUT0"));
    try call.inputFrom("INPUT1", try request.input("INPUT1"));
    try call.send();
    return call;
}

/// Waits for the response to a call, and makes one of its outputs that of the request.
fn forward(request: triton.Request, call: triton.Call, name: []const u8) !void {
    if (!call.next()) return request.fail(.internal, "a called model has sent no response", .{});
    if (call.errorCode() != null) return call.failWith(request);
    const output = request.output(name) orelse return;
    if (call.output(name)) |from| try from.forwardTo(output);
}
