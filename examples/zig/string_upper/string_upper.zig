//! OUTPUT0 is INPUT0 with its ASCII letters in upper case; all other bytes, also those of UTF-8 characters, are unchanged.

const std = @import("std");
const triton = @import("triton");

pub const panic = triton.panic;

comptime {
    triton.exportModel(@This());
}

const lanes = 16;
const Vector = @Vector(lanes, u8);
const length_bytes = 4;

var buffer: [65_536]u8 = undefined;

/// Position in a tensor.
const Progress = struct {
    /// Number of elements that have begun.
    elements: i64 = 0,
    /// Bytes of the last element that are not read yet.
    open: usize = 0,
};

pub fn execute(requests: *triton.Requests) !void {
    while (requests.next()) |request| answer(request) catch |cause| request.failWith(cause);
}

fn answer(request: triton.Request) !void {
    const input = try request.input("INPUT0");
    try input.requireDatatype(.bytes);
    const shape = try input.shape();
    const output = request.output("OUTPUT0") orelse return;

    const size = input.byteSize();
    try output.create(.bytes, shape.dims(), size);

    var progress: Progress = .{};
    var offset: u32 = 0;
    while (offset < size) {
        const done = upperSlice(input.read(offset, &buffer), &progress);
        if (done.len == 0) break;
        try output.write(offset, done);
        offset += @intCast(done.len);
    }
    if (offset < size or progress.open > 0) {
        return request.fail(.invalid_arg, "input INPUT0 ends within an element", .{});
    }
    if (progress.elements != shape.elements()) {
        return request.fail(.invalid_arg, "input INPUT0 has {d} elements, but the shape {f}", .{ progress.elements, shape });
    }
}

/// Returns the processed part of the slice: all, except a length that continues after it; nothing if the slice has only that.
fn upperSlice(slice: []u8, progress: *Progress) []u8 {
    var at: usize = 0;
    while (true) {
        const part = @min(progress.open, slice.len - at);
        upper(slice[at..][0..part]);
        at += part;
        progress.open -= part;
        if (slice.len - at < length_bytes) return slice[0..at];
        progress.elements += 1;
        progress.open = std.mem.readInt(u32, slice[at..][0..length_bytes], .little);
        at += length_bytes;
    }
}

fn upper(bytes: []u8) void {
    var rest = bytes;
    while (rest.len >= lanes) : (rest = rest[lanes..]) {
        const vector: Vector = rest[0..lanes].*;
        const lower = (vector -% @as(Vector, @splat('a'))) < @as(Vector, @splat(26));
        rest[0..lanes].* = @select(u8, lower, vector -% @as(Vector, @splat('a' - 'A')), vector);
    }
    for (rest) |*byte| byte.* = std.ascii.toUpper(byte.*);
}
