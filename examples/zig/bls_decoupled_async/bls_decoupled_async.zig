//! Calls the decoupled model "square_int32" twice at the same time. SUM is the sum of the outputs OUT of both streams of responses. It takes
//! each response when it comes, from either stream: a stream that nobody reads holds up the other one.

const std = @import("std");
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
    const first = try send(request);
    defer first.deinit();
    const second = try send(request);
    defer second.deinit();
    var total: i32 = 0;
    while (triton.waitForAny(triton.wait_for_ever)) |number| {
        const call = if (number == first.number) first else second;
        if (!call.next()) continue;
        if (call.errorCode() != null) return call.failWith(request);
        var value: i32 = 0;
        if (call.output("OUT")) |out| _ = out.read(0, std.mem.asBytes(&value));
        total +%= value;
    }
    if (request.output("SUM")) |output| try output.set(i32, &.{1}, &.{total});
}

/// Sends IN to the model.
fn send(request: triton.Request) !triton.Call {
    const call: triton.Call = try .init("square_int32");
    errdefer call.deinit();
    try call.inputFrom("IN", try request.input("IN"));
    try call.sendForStream();
    return call;
}
