//! Calls the model whose name is in MODEL_NAME with INPUT0 and INPUT1, and answers with its OUTPUT0 and OUTPUT1. No byte of the
//! tensors is copied.

const std = @import("std");
const triton = @import("triton");
const allocator = std.heap.wasm_allocator;

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
    const data = try (try request.input("MODEL_NAME")).readByteStrings(allocator);
    defer allocator.free(data);
    var names: triton.ByteStrings = .of(data);
    const name = names.next() orelse return request.fail(.invalid_arg, "MODEL_NAME is empty: it must be the name of a model", .{});

    const call: triton.Call = try .init(name);
    defer call.deinit();
    try call.inputFrom("INPUT0", try request.input("INPUT0"));
    try call.inputFrom("INPUT1", try request.input("INPUT1"));
    call.requestOutput("OUTPUT0");
    call.requestOutput("OUTPUT1");
    call.traceFrom(request);
    try call.send();
    if (!call.next()) return request.fail(.internal, "the called model has sent no response", .{});
    if (call.errorCode() != null) return call.failWith(request);
    for ([_][]const u8{ "OUTPUT0", "OUTPUT1" }) |wanted| {
        const output = request.output(wanted) orelse continue;
        if (call.output(wanted)) |from| try from.forwardTo(output);
    }
}
