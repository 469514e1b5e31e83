//! OUTPUT0 = INPUT0 + INPUT1 and OUTPUT1 = INPUT0 - INPUT1, of 32-bit floats in tensors of one shape.

const std = @import("std");
const triton = @import("triton");

pub const panic = triton.panic;

comptime {
    triton.exportModel(@This());
}

const Vector = @Vector(4, f32);

/// 64 KiB: large enough for few host calls, small enough that three slices fit the processor's cache.
const Slice = [4096]Vector;

var left: Slice = undefined;
var right: Slice = undefined;
var result: Slice = undefined;

pub fn execute(requests: *triton.Requests) !void {
    while (requests.next()) |request| answer(request) catch |cause| request.failWith(cause);
}

fn answer(request: triton.Request) !void {
    const input0 = try request.input("INPUT0");
    const input1 = try request.input("INPUT1");
    try input0.requireDatatype(.fp32);
    try input1.requireDatatype(.fp32);
    const shape0 = try input0.shape();
    const shape1 = try input1.shape();
    if (!shape0.eql(&shape1)) {
        return request.fail(.invalid_arg, "INPUT0 has shape {f}, INPUT1 has shape {f}; they must be equal", .{ shape0, shape1 });
    }

    const size = input0.byteSize();
    const sum = request.output("OUTPUT0");
    const difference = request.output("OUTPUT1");
    if (sum) |output| try output.create(.fp32, shape0.dims(), size);
    if (difference) |output| try output.create(.fp32, shape0.dims(), size);

    var offset: u32 = 0;
    while (offset < size) : (offset += @sizeOf(Slice)) {
        const bytes = input0.read(offset, std.mem.sliceAsBytes(&left)).len;
        _ = input1.read(offset, std.mem.sliceAsBytes(&right));
        // The last vector of an odd size also contains old bytes, which are not written to the output.
        const vectors = std.math.divCeil(usize, bytes, @sizeOf(Vector)) catch unreachable;
        const values = std.mem.sliceAsBytes(&result)[0..bytes];
        if (sum) |output| {
            for (result[0..vectors], left[0..vectors], right[0..vectors]) |*to, a, b| to.* = a + b;
            try output.write(offset, values);
        }
        if (difference) |output| {
            for (result[0..vectors], left[0..vectors], right[0..vectors]) |*to, a, b| to.* = a - b;
            try output.write(offset, values);
        }
    }
}
