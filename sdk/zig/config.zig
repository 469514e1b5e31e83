//! The model's configuration and the client's parameters. triton.zig exports it.

const std = @import("std");
const triton = @import("triton.zig");
const abi = triton.abi;
const Allocator = std.mem.Allocator;

/// The string value of a parameter in the model's configuration; null if the model does not have it. The caller frees the text.
pub fn modelParameter(allocator: Allocator, key: []const u8) Allocator.Error!?[]u8 {
    return triton.readText(allocator, abi.model_parameter, .{ triton.address(key), key.len });
}

pub const Side = enum(u32) { inputs = 0, outputs = 1 };

/// The model's configuration. The caller frees texts.
pub const ModelConfig = struct {
    pub fn name(allocator: Allocator) Allocator.Error![]u8 {
        return (try triton.readText(allocator, abi.config_name, .{})).?;
    }

    /// Empty in an auto-completion.
    pub fn version(allocator: Allocator) Allocator.Error![]u8 {
        return (try triton.argument(allocator, "model_version")) orelse allocator.alloc(u8, 0);
    }

    /// 0: the model does not support batching.
    pub fn maxBatchSize() u32 {
        return abi.config_max_batch_size();
    }

    pub fn tensorCount(side: Side) u32 {
        return abi.config_tensor_count(@intFromEnum(side));
    }

    /// `index` must be below `tensorCount(side)`.
    pub fn tensorAt(side: Side, index: u32) TensorConfig {
        return .{ .side = side, .index = index };
    }

    /// null if the configuration does not have the tensor.
    pub fn find(side: Side, tensor: []const u8) ?TensorConfig {
        const index = abi.config_tensor_find(@intFromEnum(side), triton.address(tensor), tensor.len);
        return if (index < 0) null else tensorAt(side, @intCast(index));
    }
};

/// An input or output of the model's configuration.
pub const TensorConfig = struct {
    side: Side,
    index: u32,

    /// The caller frees it.
    pub fn name(self: TensorConfig, allocator: Allocator) Allocator.Error![]u8 {
        return (try triton.readText(allocator, abi.config_tensor_name, .{ @intFromEnum(self.side), self.index })).?;
    }

    /// 0 if the configuration does not set it.
    pub fn datatype(self: TensorConfig) triton.Datatype {
        return abi.config_tensor_datatype(@intFromEnum(self.side), self.index);
    }

    /// The dimensions without that of the batch; -1 is a dimension of any size. The caller frees them.
    pub fn dims(self: TensorConfig, allocator: Allocator) Allocator.Error![]i64 {
        var nothing: [0]i64 = .{};
        const rank = abi.config_tensor_shape(@intFromEnum(self.side), self.index, &nothing, 0);
        const result = try allocator.alloc(i64, rank);
        _ = abi.config_tensor_shape(@intFromEnum(self.side), self.index, triton.address(result), rank);
        return result;
    }
};

/// A parameter that the client sent. Triton transports doubles from 24.02 on.
pub const RequestParameter = union(enum) {
    /// The caller frees it.
    string: []u8,
    int: i64,
    bool: bool,
    double: f64,

    /// null if the request does not have the parameter.
    pub fn read(request: u32, allocator: Allocator, key: []const u8) Allocator.Error!?RequestParameter {
        const at = triton.address(key);
        return switch (abi.request_parameter_type(request, at, key.len)) {
            1 => .{ .string = (try triton.readText(allocator, abi.request_parameter, .{ request, at, key.len })).? },
            2 => .{ .int = abi.request_parameter_int(request, at, key.len) },
            3 => .{ .bool = abi.request_parameter_int(request, at, key.len) != 0 },
            4 => .{ .double = abi.request_parameter_double(request, at, key.len) },
            else => null,
        };
    }
};
