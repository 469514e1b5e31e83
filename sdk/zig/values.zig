//! Elements of BYTES tensors, and the numbers FP16 and BF16. triton.zig exports it.

const std = @import("std");
const Allocator = std.mem.Allocator;

const length_bytes = 4;

/// The elements of a BYTES tensor, one after the other. They are parts of the data, not copies.
pub const ByteStrings = struct {
    rest: []const u8,
    /// Whether the data end within an element; `next` has returned null then.
    is_cut_off: bool = false,

    pub fn of(data: []const u8) ByteStrings {
        return .{ .rest = data };
    }

    pub fn next(self: *ByteStrings) ?[]const u8 {
        if (self.rest.len == 0) return null;
        const length: usize = if (self.rest.len < length_bytes) self.rest.len else std.mem.readInt(u32, self.rest[0..length_bytes], .little);
        if (self.rest.len < length_bytes or length > self.rest.len - length_bytes) {
            self.is_cut_off = true;
            return null;
        }
        const end = length_bytes + length;
        defer self.rest = self.rest[end..];
        return self.rest[length_bytes..end];
    }
};

/// The data of a BYTES tensor with these elements. The caller frees them.
pub fn encodeByteStrings(allocator: Allocator, elements: []const []const u8) Allocator.Error![]u8 {
    var size: usize = 0;
    for (elements) |element| size += length_bytes + element.len;
    const data = try allocator.alloc(u8, size);
    var at: usize = 0;
    for (elements) |element| {
        std.mem.writeInt(u32, data[at..][0..length_bytes], @intCast(element.len), .little);
        @memcpy(data[at + length_bytes ..][0..element.len], element);
        at += length_bytes + element.len;
    }
    return data;
}

/// The value of an FP16.
pub fn f16ToF32(half: u16) f32 {
    const sign = @as(u32, half & 0x8000) << 16;
    const exponent: u32 = half >> 10 & 0x1f;
    const fraction: u32 = half & 0x3ff;
    const bits: u32 = if (exponent == 0x1f)
        0x7f800000 | fraction << 13 | @as(u32, if (fraction == 0) 0 else 0x400000)
    else if (exponent == 0)
        // A subnormal is its fraction in units of 2^-24.
        @bitCast(@as(f32, @floatFromInt(fraction)) * 0x1p-24)
    else
        (exponent << 23 | fraction << 13) + (112 << 23);
    return @bitCast(sign | bits);
}

/// The FP16 nearest to a value; of two, the even one.
pub fn f16FromF32(value: f32) u16 {
    const bits: u32 = @bitCast(value);
    const sign: u32 = (bits & 0x80000000) >> 16;
    const size = bits & 0x7fffffff;
    const half = if (size > 0x7f800000)
        0x7e00 | (size >> 13 & 0x3ff)
    else if (size >= 0x47800000)
        // 65,536 and more: infinity.
        0x7c00
    else if (size >= 0x38800000)
        rounded(size - (112 << 23), 13)
    else if (size <= 0x33000000)
        // At most half of the smallest FP16.
        0
    else
        rounded((size & 0x7fffff) | 0x800000, @intCast(126 - (size >> 23)));
    return @intCast(sign | half);
}

fn rounded(number: u32, shift: u5) u32 {
    const whole = number >> shift;
    const rest = number & ((@as(u32, 1) << shift) - 1);
    const half = @as(u32, 1) << (shift - 1);
    return whole + @intFromBool(rest > half or (rest == half and whole & 1 == 1));
}

/// The value of a BF16.
pub fn bf16ToF32(half: u16) f32 {
    return @bitCast(@as(u32, half) << 16);
}

/// The BF16 nearest to a value; of two, the even one.
pub fn bf16FromF32(value: f32) u16 {
    const bits: u32 = @bitCast(value);
    if (bits & 0x7fffffff > 0x7f800000) return @intCast(bits >> 16 | 0x40);
    return @intCast(rounded(bits, 16));
}
