//! As ../assemblyscript/model.ts.

const std = @import("std");
const triton = @import("triton");
const allocator = std.heap.wasm_allocator;

pub const panic = triton.panic;

comptime {
    triton.exportModel(@This());
}

pub fn execute(requests: *triton.Requests) !void {
    while (requests.next()) |request| answer(request) catch |cause| request.failWith(cause);
}

fn answer(request: triton.Request) !void {
    const input = try request.input("IN");
    const output = request.output("OUTPUT0") orelse return;
    const call: triton.Call = try .init("square");
    try call.input(f32, "COPIED", &.{2}, &.{ 1.5, -2 });
    try call.inputFrom("SHARED", input);
    call.requestOutput("OUT");
    call.setParameter("text", "t");
    call.setParameter("int", 7);
    call.setParameter("bool", true);
    call.setId("id");
    call.setCorrelationId(5);
    call.setFlags(3);
    call.setTimeout(250);
    call.traceFrom(request);
    try call.send();
    if (triton.waitForAny(40) != call.number) return error.AnotherCall;
    if (call.wait(50) != .response) return error.NoResponse;
    if (call.errorCode()) |code| {
        const text = (try call.errorText(allocator)).?;
        defer allocator.free(text);
        return request.fail(code, "{s}", .{text});
    }
    const out = call.output("OUT") orelse return;
    try report(request, call, out);
    try out.forwardTo(output);
    const stream: triton.Call = try .initVersion("repeat", 2);
    try stream.inputFromCall("IN", out);
    try stream.sendForStream();
    var count: i64 = 0;
    while (stream.wait(60) == .response) count += 1;
    _ = stream.cancel();
    stream.deinit();
    call.deinit();
    request.setParameter("count", count);
    if (triton.Call.init("absent")) |_| {} else |_| {
        const reason = try triton.lastError(allocator);
        defer allocator.free(reason);
        request.setParameter("refused", reason);
    }
    request.setParameter("ready", try triton.isModelReady("square", 3));
    request.setParameter("loaded", succeeds(triton.loadModel("absent", "{}")));
    request.setParameter("unloaded", succeeds(triton.unloadModel("square", true)));
}

fn report(request: triton.Request, call: triton.Call, out: triton.CallOutput) !void {
    const name = try out.name(allocator);
    defer allocator.free(name);
    request.setParameter("name", name);
    request.setParameter("datatype", @as(i64, @intFromEnum(out.datatype())));
    request.setParameter("rank", @as(i64, @intCast(out.shape().?.rank)));
    request.setParameter("bytes", @as(i64, out.byteSize()));
    const parameters = try call.parameters(allocator);
    defer allocator.free(parameters);
    request.setParameter("parameters", parameters);
    const values = (try out.readAll(f32, allocator)).?;
    defer allocator.free(values);
    request.setParameter("first", @as(i64, @intFromFloat(values[0])));
}

fn succeeds(result: anyerror!void) bool {
    return if (result) true else |_| false;
}
