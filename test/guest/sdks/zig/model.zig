//! As ../assemblyscript/model.ts.

const std = @import("std");
const triton = @import("triton");
const allocator = std.heap.wasm_allocator;

pub const panic = triton.panic;

comptime {
    triton.exportModel(@This());
}

var served = false;

pub fn isReady() bool {
    return served;
}

pub fn execute(requests: *triton.Requests) !void {
    served = true;
    while (requests.next()) |request| answer(request) catch |cause| request.failWith(cause);
}

fn answer(request: triton.Request) !void {
    const id = try request.id(allocator);
    defer allocator.free(id);
    const input = try request.input(id);
    const shape = try input.shape();
    try input.requireDatatype(.fp32);
    const name = try input.name(allocator);
    defer allocator.free(name);
    request.setParameter("input", name);
    request.setParameter("rank", @as(i64, @intCast(shape.rank)));
    if (request.output("OUTPUT0")) |output| try output.create(.fp32, shape.dims(), input.byteSize());
}
