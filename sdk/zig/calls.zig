//! Calls of other models: `triton.Call`.

const std = @import("std");
const Allocator = std.mem.Allocator;
const triton = @import("triton.zig");
const abi = triton.abi;
const address = triton.address;
const readText = triton.readText;

/// The host has refused a call; `triton.lastError` has the reason.
pub const Refused = error{CallRefused};

/// A time-out: as long as the host allows.
pub const wait_for_ever = std.math.maxInt(u32);

/// What `Call.wait` has seen.
pub const Wait = enum { response, timed_out, complete };

/// A call of another model. It is valid until `execute` returns.
pub const Call = struct {
    number: u32,

    /// A call of the latest version of a model.
    pub fn init(model: []const u8) Refused!Call {
        return initVersion(model, -1);
    }

    pub fn initVersion(model: []const u8, version: i64) Refused!Call {
        const number = abi.call_create(address(model), model.len, version);
        return if (number < 0) error.CallRefused else .{ .number = @intCast(number) };
    }

    /// Frees the responses. Those that come later are dropped.
    pub fn deinit(self: Call) void {
        _ = abi.call_close(self.number);
    }

    /// Adds an input with these elements.
    pub fn input(self: Call, comptime T: type, name: []const u8, dims: []const i64, values: []const T) Refused!void {
        return self.inputBytes(name, triton.Datatype.of(T), dims, std.mem.sliceAsBytes(values));
    }

    /// Adds an input and copies its bytes.
    pub fn inputBytes(self: Call, name: []const u8, datatype: triton.Datatype, dims: []const i64, bytes: []const u8) Refused!void {
        return check(abi.call_input(self.number, address(name), name.len, datatype, address(dims), dims.len, address(bytes), bytes.len));
    }

    /// Adds an input with the content of an input of a request. No byte is copied.
    pub fn inputFrom(self: Call, name: []const u8, from: triton.Input) Refused!void {
        return check(abi.call_input_from(self.number, address(name), name.len, from.request.index, from.index));
    }

    /// Adds an input with the content of an output of another call. No byte is copied.
    pub fn inputFromCall(self: Call, name: []const u8, from: CallOutput) Refused!void {
        return check(abi.call_input_from_call(self.number, address(name), name.len, from.call.number, from.index));
    }

    /// Asks for an output. Without any, the model sends all its outputs.
    pub fn requestOutput(self: Call, name: []const u8) void {
        _ = abi.call_output(self.number, address(name), name.len);
    }

    /// Sets a parameter of the request: a text, an integer or a bool.
    pub fn setParameter(self: Call, key: []const u8, value: anytype) void {
        _ = switch (@typeInfo(@TypeOf(value))) {
            .bool => abi.call_parameter_bool(self.number, address(key), key.len, @intFromBool(value)),
            .int, .comptime_int => abi.call_parameter_int(self.number, address(key), key.len, value),
            else => text: {
                const text: []const u8 = value;
                break :text abi.call_parameter_string(self.number, address(key), key.len, address(text), text.len);
            },
        };
    }

    /// Sets the id of the request.
    pub fn setId(self: Call, id: []const u8) void {
        _ = abi.call_request_id(self.number, address(id), id.len);
    }

    pub fn setCorrelationId(self: Call, id: u64) void {
        _ = abi.call_correlation_id(self.number, @bitCast(id));
    }

    /// A correlation id that is a text. Before Triton 24.04 the host refuses it.
    pub fn setCorrelationText(self: Call, id: []const u8) Refused!void {
        return check(abi.call_correlation_id_string(self.number, address(id), id.len));
    }

    /// Bit 0: the request starts a sequence; bit 1: it ends one.
    pub fn setFlags(self: Call, flags: u32) void {
        _ = abi.call_flags(self.number, flags);
    }

    /// Sets the time-out that the scheduler of the called model applies.
    pub fn setTimeout(self: Call, microseconds: i64) void {
        _ = abi.call_timeout(self.number, microseconds);
    }

    /// Makes the call a part of the trace of a request.
    pub fn traceFrom(self: Call, request: triton.Request) void {
        _ = abi.call_trace_from(self.number, request.index);
    }

    pub fn send(self: Call) Refused!void {
        return check(abi.call_send(self.number, 0));
    }

    /// As `send`, for a model that may be decoupled.
    pub fn sendForStream(self: Call) Refused!void {
        return check(abi.call_send(self.number, 1));
    }

    /// Waits for the next response, which then is the current one.
    pub fn wait(self: Call, milliseconds: u32) Wait {
        return switch (abi.call_wait(self.number, milliseconds)) {
            1 => .response,
            0 => .timed_out,
            else => .complete,
        };
    }

    /// Waits for the next response: `while (call.next()) { … }` visits a stream.
    pub fn next(self: Call) bool {
        return self.wait(wait_for_ever) == .response;
    }

    /// The error code of the current response; null if it is not an error.
    pub fn errorCode(self: Call) ?triton.ErrorCode {
        const code = abi.call_error_code(self.number);
        if (code < 0) return null;
        return if (code > @intFromEnum(triton.ErrorCode.cancelled)) .internal else @enumFromInt(code);
    }

    /// The error text of the current response; null if it is not an error. The caller frees it.
    pub fn errorText(self: Call, allocator: Allocator) Allocator.Error!?[]u8 {
        return readText(allocator, abi.call_error, .{self.number});
    }

    /// Makes the error of the current response that of a request: `if (call.errorCode() != null) return call.failWith(request);`
    pub fn failWith(self: Call, request: triton.Request) triton.RequestError {
        var buffer: [abi.message_max]u8 = undefined;
        const length: usize = @intCast(@max(0, abi.call_error(self.number, &buffer, buffer.len)));
        return request.fail(self.errorCode() orelse .internal, "{s}", .{buffer[0..@min(length, buffer.len)]});
    }

    /// The parameters of the current response as a JSON object; empty before 25.02. The caller frees the text.
    pub fn parameters(self: Call, allocator: Allocator) Allocator.Error![]u8 {
        return (try readText(allocator, abi.call_response_parameters, .{self.number})).?;
    }

    /// Number of outputs of the current response.
    pub fn outputCount(self: Call) u32 {
        return abi.call_output_count(self.number);
    }

    /// `index` must be below `outputCount()`.
    pub fn outputAt(self: Call, index: u32) CallOutput {
        return .{ .call = self, .index = index };
    }

    /// null if the current response does not have the output.
    pub fn output(self: Call, name: []const u8) ?CallOutput {
        const index = abi.call_output_find(self.number, address(name), name.len);
        return if (index < 0) null else self.outputAt(@intCast(index));
    }

    /// Asks the server to cancel a call with a stream of responses: 25.04 and later. Returns whether it was asked.
    pub fn cancel(self: Call) bool {
        return abi.call_cancel(self.number) == 0;
    }

    fn check(status: i32) Refused!void {
        if (status != 0) return error.CallRefused;
    }
};

/// An output of the current response of a call.
pub const CallOutput = struct {
    call: Call,
    index: u32,

    /// The caller frees it.
    pub fn name(self: CallOutput, allocator: Allocator) Allocator.Error![]u8 {
        return (try readText(allocator, abi.call_output_name, .{ self.call.number, self.index })).?;
    }

    pub fn datatype(self: CallOutput) triton.Datatype {
        return abi.call_output_datatype(self.call.number, self.index);
    }

    /// null if there are more than `triton.max_rank` dimensions.
    pub fn shape(self: CallOutput) ?triton.Shape {
        var result: triton.Shape = undefined;
        result.rank = abi.call_output_shape(self.call.number, self.index, &result.buffer, triton.max_rank);
        return if (result.rank > triton.max_rank) null else result;
    }

    pub fn byteSize(self: CallOutput) u32 {
        return abi.call_output_byte_size(self.call.number, self.index);
    }

    /// Copies data from `offset` on to `target`. Returns the filled part of `target`, which is shorter if the data end before.
    pub fn read(self: CallOutput, offset: u32, target: []u8) []u8 {
        return target[0..abi.call_output_read(self.call.number, self.index, offset, address(target), target.len)];
    }

    /// The whole data as elements of `T`; null for another datatype. The caller frees them.
    pub fn readAll(self: CallOutput, comptime T: type, allocator: Allocator) Allocator.Error!?[]T {
        if (self.datatype() != triton.Datatype.of(T)) return null;
        const values = try allocator.alloc(T, self.byteSize() / @sizeOf(T));
        _ = self.read(0, std.mem.sliceAsBytes(values));
        return values;
    }

    /// Makes an output of a request with the content of this one. No byte is copied.
    pub fn forwardTo(self: CallOutput, target: triton.Output) triton.RequestError!void {
        if (abi.output_forward(target.request.index, target.index, self.call.number, self.index) != 0) return error.RequestFailed;
    }
};

/// Makes the reason of `error.CallRefused` the error of a request.
pub fn failRefused(request: triton.Request) triton.RequestError {
    var buffer: [abi.message_max]u8 = undefined;
    const length: usize = @intCast(abi.last_error(&buffer, buffer.len));
    return request.fail(.unavailable, "{s}", .{buffer[0..@min(length, buffer.len)]});
}

/// The number of a call with a response that was not taken; null after the time-out, or when no call is in flight.
pub fn waitForAny(milliseconds: u32) ?u32 {
    const number = abi.call_wait_any(milliseconds);
    return if (number < 0) null else @intCast(number);
}

/// Lets the server load a model. `config` is a configuration as JSON in place of the one of the repository; "" for none.
pub fn loadModel(name: []const u8, config: []const u8) Refused!void {
    if (abi.model_load(address(name), name.len, address(config), config.len) != 0) return error.CallRefused;
}

/// Lets the server unload a model; with `dependents`, also the models of an ensemble that no other one uses.
pub fn unloadModel(name: []const u8, dependents: bool) Refused!void {
    if (abi.model_unload(address(name), name.len, @intFromBool(dependents)) != 0) return error.CallRefused;
}

/// Whether a version of a model is ready; -1 is the latest.
pub fn isModelReady(name: []const u8, version: i64) Refused!bool {
    return switch (abi.model_is_ready(address(name), name.len, version)) {
        0 => false,
        1 => true,
        else => error.CallRefused,
    };
}
