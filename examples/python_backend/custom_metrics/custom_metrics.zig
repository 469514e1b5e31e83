//! A counter on the server's /metrics: the time that the model has spent on requests. All instances of the model add to it.
//! OUTPUT0 = INPUT0 + INPUT1 and OUTPUT1 = INPUT0 - INPUT1.

const std = @import("std");
const triton = @import("triton");

pub const panic = triton.panic;

comptime {
    triton.exportModel(@This());
}

const allocator = std.heap.wasm_allocator;

/// The server shows it as requests_process_latency_ns{model="custom_metrics",version="1"}.
var latency: triton.Metric = undefined;

pub fn initialize() !void {
    const help = "Cumulative time spent processing requests";
    latency = triton.Metric.init(.counter, "requests_process_latency_ns", help) catch {
        return triton.fail("the metric was refused: {s}", .{try triton.lastError(allocator)});
    };
}

pub fn execute(requests: *triton.Requests) !void {
    // The clock has a resolution of one millisecond, so a short batch often adds 0.
    const start = triton.clock(.monotonic);
    while (requests.next()) |request| answer(request) catch |cause| request.failWith(cause);
    _ = latency.add(@floatFromInt(triton.clock(.monotonic) - start));
    triton.log(.info, "All requests together took {d:.0} ns", .{try latency.value()});
}

fn answer(request: triton.Request) !void {
    const input0 = try request.input("INPUT0");
    const input1 = try request.input("INPUT1");
    const left = try input0.readAll(f32, allocator);
    defer allocator.free(left);
    const right = try input1.readAll(f32, allocator);
    defer allocator.free(right);
    const shape0 = try input0.shape();
    const shape1 = try input1.shape();
    if (!shape0.eql(&shape1)) {
        return request.fail(.invalid_arg, "INPUT0 has shape {f}, INPUT1 has shape {f}; they must be equal", .{ shape0, shape1 });
    }

    const result = try allocator.alloc(f32, left.len);
    defer allocator.free(result);
    if (request.output("OUTPUT0")) |output| {
        for (result, left, right) |*to, a, b| to.* = a + b;
        try output.set(f32, shape0.dims(), result);
    }
    if (request.output("OUTPUT1")) |output| {
        for (result, left, right) |*to, a, b| to.* = a - b;
        try output.set(f32, shape0.dims(), result);
    }
}
