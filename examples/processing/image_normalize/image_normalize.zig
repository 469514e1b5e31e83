//! Prepares images for a network: resizes them (bilinear), and converts bytes in the order row, column, channel to normalised floats in the
//! order channel, row, column.
//!
//! IMAGE has the shape [images, height, width, 3]. TENSOR has [images, 3, rows, columns], with the size that the model's configuration gives
//! the output. The model's parameters `mean` and `std` have three numbers each, for red, green and blue.

const std = @import("std");
const triton = @import("triton");

pub const panic = triton.panic;

comptime {
    triton.exportModel(@This());
}

const channels = 3;
const Pixel = [channels]f32;
const allocator = std.heap.wasm_allocator;

var rows: usize = 0;
var columns: usize = 0;
/// A value of the result is `byte * scale + shift`.
var scale: Pixel = undefined;
var shift: Pixel = undefined;

pub fn initialize() !void {
    const output = triton.ModelConfig.find(.outputs, "TENSOR") orelse return triton.fail("the model needs the output TENSOR", .{});
    const dims = try output.dims(allocator);
    if (dims.len != 3 or dims[0] != channels or dims[1] < 1 or dims[2] < 1) {
        return triton.fail("output TENSOR has the dims {any}: they must be [3, rows, columns]", .{dims});
    }
    rows = @intCast(dims[1]);
    columns = @intCast(dims[2]);

    const mean = try pixelParameter("mean");
    const deviation = try pixelParameter("std");
    for (&scale, &shift, mean, deviation) |*factor, *summand, m, d| {
        if (d == 0) return triton.fail("model parameter std must not contain 0", .{});
        factor.* = 1 / (255 * d);
        summand.* = -m / d;
    }
}

/// Three numbers, separated by commas.
fn pixelParameter(key: []const u8) !Pixel {
    const text = try triton.modelParameter(allocator, key) orelse return triton.fail("the model needs the parameter {s}", .{key});
    var parts = std.mem.splitScalar(u8, text, ',');
    var pixel: Pixel = undefined;
    for (&pixel) |*value| {
        const part = parts.next() orelse "";
        value.* = std.fmt.parseFloat(f32, std.mem.trim(u8, part, " ")) catch std.math.nan(f32);
        if (!std.math.isFinite(value.*)) break;
    } else if (parts.next() == null) return pixel;
    return triton.fail("model parameter {s} is '{s}': it must be three numbers, separated by commas", .{ key, text });
}

pub fn execute(requests: *triton.Requests) !void {
    while (requests.next()) |request| answer(request) catch |cause| request.failWith(cause);
}

fn answer(request: triton.Request) !void {
    const input = try request.input("IMAGE");
    try input.requireDatatype(.uint8);
    const shape = try input.shape();
    const dims = shape.dims();
    if (dims.len != 4 or dims[3] != channels or dims[1] == 0 or dims[2] == 0) {
        return request.fail(.invalid_arg, "input IMAGE has the shape {f}: it must be [images, height, width, 3], with at least one pixel", .{shape});
    }
    const output = request.output("TENSOR") orelse return;

    const images: usize = @intCast(dims[0]);
    const size = channels * rows * columns * @sizeOf(f32);
    try output.create(.fp32, &.{ dims[0], channels, @intCast(rows), @intCast(columns) }, images * size);
    var resizer = try Resizer.init(input, @intCast(dims[1]), @intCast(dims[2]));
    defer resizer.deinit();
    for (0..images) |image| {
        try output.write(@intCast(image * size), std.mem.sliceAsBytes(resizer.resized(image)));
    }
}

/// Where a row or column of the result lies between two of the image.
const Place = struct {
    first: usize,
    second: usize,
    /// 0: on the first one; 1: on the second one.
    weight: f32,

    /// Both images have the same edges; the middle of a pixel is at its index + 0.5. `from` and `to` are numbers of pixels.
    fn of(index: usize, from: usize, to: usize) Place {
        const ratio = @as(f64, @floatFromInt(from)) / @as(f64, @floatFromInt(to));
        const last = @as(f64, @floatFromInt(from - 1));
        const at = std.math.clamp((@as(f64, @floatFromInt(index)) + 0.5) * ratio - 0.5, 0, last);
        const first: usize = @intFromFloat(at);
        return .{ .first = first, .second = @min(first + 1, from - 1), .weight = @floatCast(at - @floor(at)) };
    }
};

/// Resizes the images of one input. It reads two rows of an image at a time, so an image may be larger than the model's memory.
const Resizer = struct {
    input: triton.Input,
    height: usize,
    row_bytes: usize,
    places: []Place,
    upper: []u8,
    lower: []u8,
    planes: []f32,

    fn init(input: triton.Input, height: usize, width: usize) !Resizer {
        const row_bytes = width * channels;
        const places = try allocator.alloc(Place, columns);
        errdefer allocator.free(places);
        for (places, 0..) |*place, column| place.* = .of(column, width, columns);
        const both = try allocator.alloc(u8, 2 * row_bytes);
        errdefer allocator.free(both);
        return .{
            .input = input,
            .height = height,
            .row_bytes = row_bytes,
            .places = places,
            .upper = both[0..row_bytes],
            .lower = both[row_bytes..],
            .planes = try allocator.alloc(f32, channels * rows * columns),
        };
    }

    fn deinit(self: *Resizer) void {
        allocator.free(self.places);
        allocator.free(self.upper.ptr[0 .. 2 * self.row_bytes]);
        allocator.free(self.planes);
    }

    /// The result for one image, valid until the next call.
    fn resized(self: *Resizer, image: usize) []const f32 {
        for (0..rows) |row| {
            const place: Place = .of(row, self.height, rows);
            self.readRow(image, place.first, self.upper);
            self.readRow(image, place.second, self.lower);
            self.resizeRow(row, place.weight);
        }
        return self.planes;
    }

    fn readRow(self: *Resizer, image: usize, row: usize, target: []u8) void {
        _ = self.input.read(@intCast((image * self.height + row) * self.row_bytes), target);
    }

    fn resizeRow(self: *Resizer, row: usize, weight: f32) void {
        for (self.places, 0..) |place, column| {
            for (0..channels) |channel| {
                const left = place.first * channels + channel;
                const right = place.second * channels + channel;
                const above = between(self.upper[left], self.upper[right], place.weight);
                const below = between(self.lower[left], self.lower[right], place.weight);
                const value = above + (below - above) * weight;
                self.planes[(channel * rows + row) * columns + column] = value * scale[channel] + shift[channel];
            }
        }
    }
};

fn between(one: u8, other: u8, weight: f32) f32 {
    const first: f32 = @floatFromInt(one);
    return first + (@as(f32, @floatFromInt(other)) - first) * weight;
}
