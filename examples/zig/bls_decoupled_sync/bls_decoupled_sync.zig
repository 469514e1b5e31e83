//! Calls the decoupled model "square_int32", which answers IN with a stream of responses. SUM is the sum of their outputs OUT.

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
    const call: triton.Call = try .init("square_int32");
    defer call.deinit();
    try call.inputFrom("IN", try request.input("IN"));
    try call.sendForStream();
    var total: i32 = 0;
    while (call.next()) {
        if (call.errorCode() != null) return call.failWith(request);
        var value: i32 = 0;
        if (call.output("OUT")) |out| _ = out.read(0, std.mem.asBytes(&value));
        total +%= value;
    }
    if (request.output("SUM")) |output| try output.set(i32, &.{1}, &.{total});
}
