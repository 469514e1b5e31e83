//! Models for Triton's WebAssembly backend in Zig: the guest ABI triton_v1 (docs/guest-abi.md).
//!
//! A model is a file with `pub fn execute(requests: *triton.Requests) !void`, `pub const panic = triton.panic;` and
//! `comptime { triton.exportModel(@This()); }`. Sizes and offsets are bytes, shapes are in elements.

const std = @import("std");
const Allocator = std.mem.Allocator;

/// The host functions. The types below call them; a model may call them directly, too.
pub const abi = @import("abi.zig");

const config = @import("config.zig");
pub const modelParameter = config.modelParameter;
pub const ModelConfig = config.ModelConfig;
pub const TensorConfig = config.TensorConfig;
pub const RequestParameter = config.RequestParameter;

const files = @import("files.zig");
pub const FileError = files.FileError;
pub const fileCount = files.fileCount;
pub const fileName = files.fileName;
pub const fileSize = files.fileSize;
pub const readFileAt = files.readFileAt;
pub const readFile = files.readFile;

const values_of = @import("values.zig");
pub const ByteStrings = values_of.ByteStrings;
pub const encodeByteStrings = values_of.encodeByteStrings;
pub const f16ToF32 = values_of.f16ToF32;
pub const f16FromF32 = values_of.f16FromF32;
pub const bf16ToF32 = values_of.bf16ToF32;
pub const bf16FromF32 = values_of.bf16FromF32;

/// Calls of other models.
const calls = @import("calls.zig");
pub const Call = calls.Call;
pub const CallOutput = calls.CallOutput;
pub const waitForAny = calls.waitForAny;
pub const failRefused = calls.failRefused;
pub const wait_for_ever = calls.wait_for_ever;
pub const loadModel = calls.loadModel;
pub const unloadModel = calls.unloadModel;
pub const isModelReady = calls.isModelReady;

/// The request has failed and its error is recorded. The model continues with the next request.
pub const RequestError = error{RequestFailed};

/// The batch or the load has failed and its text is recorded.
pub const Failure = error{Failed};

pub const Datatype = enum(i32) {
    bool = 1,
    uint8,
    uint16,
    uint32,
    uint64,
    int8,
    int16,
    int32,
    int64,
    fp16,
    fp32,
    fp64,
    /// Each element is a 32-bit little-endian length, followed by that many bytes.
    bytes,
    bf16,
    _,

    /// The datatype whose elements are `T`, such as fp32 for f32.
    pub fn of(comptime T: type) Datatype {
        return switch (T) {
            bool => .bool,
            u8 => .uint8,
            u16 => .uint16,
            u32 => .uint32,
            u64 => .uint64,
            i8 => .int8,
            i16 => .int16,
            i32 => .int32,
            i64 => .int64,
            f16 => .fp16,
            f32 => .fp32,
            f64 => .fp64,
            else => @compileError("no datatype of Triton has elements of " ++ @typeName(T)),
        };
    }

    /// The datatype's name in Triton's protocols, such as FP32.
    pub fn name(self: Datatype) []const u8 {
        return switch (self) {
            .bool => "BOOL",
            .uint8 => "UINT8",
            .uint16 => "UINT16",
            .uint32 => "UINT32",
            .uint64 => "UINT64",
            .int8 => "INT8",
            .int16 => "INT16",
            .int32 => "INT32",
            .int64 => "INT64",
            .fp16 => "FP16",
            .fp32 => "FP32",
            .fp64 => "FP64",
            .bytes => "BYTES",
            .bf16 => "BF16",
            _ => "INVALID",
        };
    }

    /// Bytes of an element; null for .bytes, whose elements have various sizes.
    pub fn byteSize(self: Datatype) ?u32 {
        return switch (self) {
            .bool, .uint8, .int8 => 1,
            .uint16, .int16, .fp16, .bf16 => 2,
            .uint32, .int32, .fp32 => 4,
            .uint64, .int64, .fp64 => 8,
            .bytes, _ => null,
        };
    }
};

pub const ErrorCode = enum(i32) {
    unknown = 0,
    internal,
    not_found,
    invalid_arg,
    unavailable,
    unsupported,
    already_exists,
    cancelled,
};

pub const LogLevel = enum(i32) { info = 0, warning, err, verbose };

pub const Clock = enum(i32) { realtime = 0, monotonic };

/// Triton has histograms from 24.08 on.
pub const MetricKind = enum(i32) { counter = 0, gauge, histogram };

/// A label of a metric, beside those of the model.
pub const Label = struct { name: []const u8, value: []const u8 };

/// Exports `execute(requests: *Requests) !void`, which is required, and, if the model has them, `initialize() !void`
/// (called once, before the first batch), `poll() !void` (called after `pollAfter`), `finalize() void` and `autoComplete() !void`. An error that they return fails
/// the batch or the load, with the text of `fail` or else with the error's name. `isReady() bool` is called between batches when a client asks whether the
/// model is ready (Triton 26.03 and newer), and must return within a second.
pub fn exportModel(comptime Model: type) void {
    if (!@hasDecl(Model, "execute")) {
        @compileError("a model needs pub fn execute(requests: *triton.Requests) !void");
    }
    // Zig looks for `panic` only in the root file. Without it the texts of panics are lost.
    if (!@hasDecl(@import("root"), "panic")) {
        @compileError("the root file of a model needs pub const panic = triton.panic;");
    }
    const exports = struct {
        fn execute() callconv(.c) i32 {
            var requests: Requests = .{ .count = abi.request_count() };
            return status(Model.execute(&requests));
        }
        fn poll() callconv(.c) i32 {
            return status(Model.poll());
        }
        fn isReady() callconv(.c) i32 {
            return @intFromBool(Model.isReady());
        }
        fn initialize() callconv(.c) i32 {
            return status(Model.initialize());
        }
        fn finalize() callconv(.c) void {
            Model.finalize();
        }
        fn autoComplete() callconv(.c) i32 {
            return status(Model.autoComplete());
        }
    };
    @export(&exports.execute, .{ .name = "triton_execute" });
    if (@hasDecl(Model, "poll")) @export(&exports.poll, .{ .name = "triton_poll" });
    if (@hasDecl(Model, "isReady")) @export(&exports.isReady, .{ .name = "triton_is_ready" });
    if (@hasDecl(Model, "initialize")) @export(&exports.initialize, .{ .name = "triton_initialize" });
    if (@hasDecl(Model, "finalize")) @export(&exports.finalize, .{ .name = "triton_finalize" });
    if (@hasDecl(Model, "autoComplete")) @export(&exports.autoComplete, .{ .name = "triton_auto_complete" });
}

fn status(result: anyerror!void) i32 {
    result catch |cause| {
        if (cause != error.Failed) fail("{s}", .{@errorName(cause)}) catch {};
        return 1;
    };
    return 0;
}

/// Sets the error of the batch or the load: `return triton.fail("…", .{});`
pub fn fail(comptime format: []const u8, arguments: anytype) Failure {
    var message: Message = .{};
    const text = message.print(format, arguments);
    _ = abi.fail(address(text), text.len);
    return error.Failed;
}

/// An argument with which the server initialised the instance; null for an unknown key. Keys: model_config (JSON), model_name, model_version,
/// model_repository (the model's folder), model_instance_kind, model_instance_name, model_instance_device_id. The caller frees the text.
pub fn argument(allocator: Allocator, key: []const u8) Allocator.Error!?[]u8 {
    return readText(allocator, abi.argument, .{ address(key), key.len });
}

/// Sets the completed configuration as JSON. Allowed only in `autoComplete`.
pub fn setModelConfig(json: []const u8) void {
    _ = abi.set_model_config(address(json), json.len);
}

/// The number of this instance among the instances of its model version, from 0.
pub fn instanceOrdinal() u32 {
    return abi.instance_ordinal();
}

/// The number of earlier guests of this instance, which trapped or were stopped.
pub fn instanceRestarts() u32 {
    return abi.instance_restarts();
}

/// The reason of the host's last refusal, for example of a metric. The caller frees the text.
pub fn lastError(allocator: Allocator) Allocator.Error![]u8 {
    return try readText(allocator, abi.last_error, .{}) orelse unreachable;
}

/// Writes a line to the server's log.
pub fn log(level: LogLevel, comptime format: []const u8, arguments: anytype) void {
    var message: Message = .{};
    const text = message.print(format, arguments);
    _ = abi.log(level, address(text), text.len);
}

/// Whether a line at this level would be logged. The result does not change while the instance lives.
pub fn logEnabled(level: LogLevel) bool {
    return abi.log_enabled(level) != 0;
}

/// Sends std.log to the server's log: `pub const std_options: std.Options = .{ .logFn = triton.logFn };`
pub fn logFn(comptime level: std.log.Level, comptime scope: @EnumLiteral(), comptime format: []const u8, arguments: anytype) void {
    const prefix = if (scope == .default) "" else "(" ++ @tagName(scope) ++ ") ";
    log(switch (level) {
        .err => .err,
        .warn => .warning,
        .info => .info,
        .debug => .verbose,
    }, prefix ++ format, arguments);
}

/// Makes a panic's text part of the trap's error, which the client and the log get: `pub const panic = triton.panic;`
pub const panic = std.debug.FullPanic(struct {
    fn report(text: []const u8, _: ?usize) noreturn {
        _ = abi.fail(address(text), text.len);
        @trap();
    }
}.report);

/// Nanoseconds, with a resolution of one millisecond.
pub fn clock(which: Clock) i64 {
    return abi.clock(which);
}

pub fn sleep(milliseconds: u32) void {
    _ = abi.sleep(milliseconds);
}

/// Asks for a call of `poll` after this time; the earliest one counts.
pub fn pollAfter(milliseconds: u32) void {
    _ = abi.poll_after(milliseconds);
}

/// Fills the buffer with secure random bytes.
pub fn random(buffer: []u8) void {
    _ = abi.random(buffer.ptr, buffer.len);
}

/// A metric on the server's /metrics. All instances of the model version share it.
pub const Metric = struct {
    number: i32,

    /// A second call with the same name returns the same metric. If the host refuses it, `lastError` has the reason.
    pub fn init(kind: MetricKind, name: []const u8, help: []const u8) error{MetricRefused}!Metric {
        const number = abi.metric_new(kind, address(name), name.len, address(help), help.len);
        return if (number < 0) error.MetricRefused else .{ .number = number };
    }

    /// As `init`, of any kind and with labels. Metrics of one name and other labels are one family. `buckets` are the
    /// ascending upper bounds of a histogram; other kinds have none.
    pub fn create(
        kind: MetricKind,
        name: []const u8,
        help: []const u8,
        labels: []const Label,
        buckets: []const f64,
    ) error{MetricRefused}!Metric {
        // The host refuses more labels than 16.
        var table: [17][4]u32 = undefined;
        const count = @min(labels.len, table.len);
        for (labels[0..count], table[0..count]) |label, *entry| {
            entry.* = .{
                @intFromPtr(address(label.name)),
                @intCast(label.name.len),
                @intFromPtr(address(label.value)),
                @intCast(label.value.len),
            };
        }
        const number = abi.metric_create(
            kind,
            address(name),
            name.len,
            address(help),
            help.len,
            &table,
            count,
            address(buckets),
            buckets.len,
        );
        return if (number < 0) error.MetricRefused else .{ .number = number };
    }

    /// Adds an observation to a histogram; `amount` must be finite. Returns whether it was added.
    pub fn observe(self: Metric, amount: f64) bool {
        return abi.metric_observe(self.number, amount) == 0;
    }

    /// The value of a counter or gauge, over all instances.
    pub fn value(self: Metric) error{MetricRefused}!f64 {
        var result: [1]f64 = undefined;
        return if (abi.metric_value(self.number, &result) < 0) error.MetricRefused else result[0];
    }

    /// Releases the metric: the server removes it when no other instance uses it.
    pub fn delete(self: Metric) error{MetricRefused}!void {
        if (abi.metric_delete(self.number) < 0) return error.MetricRefused;
    }

    /// `by` must be finite, and for a counter not negative. Returns whether it was added.
    pub fn add(self: Metric, by: f64) bool {
        return abi.metric_add(self.number, by) == 0;
    }

    /// Sets a gauge; `to` must be finite. Returns whether it was set.
    pub fn set(self: Metric, to: f64) bool {
        return abi.metric_set(self.number, to) == 0;
    }
};

/// The requests of a batch, one after the other.
pub const Requests = struct {
    count: u32,
    at: u32 = 0,

    pub fn next(self: *Requests) ?Request {
        if (self.at == self.count) return null;
        defer self.at += 1;
        return .{ .index = self.at };
    }
};

/// A request, its inputs and its outputs are valid until `execute` returns; those of `keep` until `finish`. The caller
/// frees texts.
pub const Request = struct {
    index: u32,

    /// The request's id, which the client chose.
    pub fn id(self: Request, allocator: Allocator) Allocator.Error![]u8 {
        return (try readText(allocator, abi.request_id, .{self.index})).?;
    }

    /// The correlation id; a number in decimal digits.
    pub fn correlationId(self: Request, allocator: Allocator) Allocator.Error![]u8 {
        return (try readText(allocator, abi.request_correlation_id, .{self.index})).?;
    }

    /// Whether the correlation id is a text and not a number. Before Triton 24.04 always false.
    pub fn correlationIdIsText(self: Request) bool {
        return abi.request_correlation_id_type(self.index) != 0;
    }

    pub fn startsSequence(self: Request) bool {
        return abi.request_flags(self.index) & 1 != 0;
    }

    pub fn endsSequence(self: Request) bool {
        return abi.request_flags(self.index) & 2 != 0;
    }

    /// The request's time-out in microseconds; 0 if it has none.
    pub fn timeout(self: Request) i64 {
        return abi.request_timeout(self.index);
    }

    /// The client's parameters as a JSON object.
    pub fn parameters(self: Request, allocator: Allocator) Allocator.Error![]u8 {
        return (try readText(allocator, abi.request_parameters, .{self.index})).?;
    }

    /// One of the client's parameters; null if the request does not have it. The caller frees a string.
    pub fn parameter(self: Request, allocator: Allocator, key: []const u8) Allocator.Error!?RequestParameter {
        return RequestParameter.read(self.index, allocator, key);
    }

    pub fn inputCount(self: Request) u32 {
        return abi.input_count(self.index);
    }

    /// `index` must be below `inputCount()`.
    pub fn inputAt(self: Request, index: u32) Input {
        return .{ .request = self, .index = index };
    }

    /// null if the request does not have the input.
    pub fn findInput(self: Request, name: []const u8) ?Input {
        const index = abi.input_find(self.index, address(name), name.len);
        return if (index < 0) null else self.inputAt(@intCast(index));
    }

    /// If the input is missing, this is an error of the request.
    pub fn input(self: Request, name: []const u8) RequestError!Input {
        return self.findInput(name) orelse self.fail(.invalid_arg, "the request has no input {s}", .{quoted(name)});
    }

    /// Number of outputs that the client requests.
    pub fn outputCount(self: Request) u32 {
        return abi.output_count(self.index);
    }

    /// `index` must be below `outputCount()`.
    pub fn outputAt(self: Request, index: u32) Output {
        return .{ .request = self, .index = index };
    }

    /// null if the client does not request the output.
    pub fn output(self: Request, name: []const u8) ?Output {
        const index = abi.output_find(self.index, address(name), name.len);
        return if (index < 0) null else self.outputAt(@intCast(index));
    }

    /// Sends what is set as one response of a decoupled model. The response is empty then, for the next one.
    pub fn send(self: Request) RequestError!void {
        if (abi.response_send(self.index) != 0) return error.RequestFailed;
    }

    /// Sends what is set as the last response. If nothing is set, the responses before were all.
    pub fn finish(self: Request) RequestError!void {
        if (abi.response_finish(self.index) != 0) return error.RequestFailed;
    }

    /// Keeps the request of a decoupled model open after `execute`, until `finish`. null if the instance has too many open
    /// requests.
    pub fn keep(self: Request) ?Request {
        const handle = abi.request_keep(self.index);
        return if (handle < 0) null else .{ .index = @intCast(handle) };
    }

    /// Whether the client has cancelled the request. Asks the server.
    pub fn isCancelled(self: Request) bool {
        return abi.request_is_cancelled(self.index) != 0;
    }

    /// Lets the server execute the request once more (iterative sequences). false before Triton 23.11.
    pub fn reschedule(self: Request) bool {
        return abi.request_reschedule(self.index) == 0;
    }

    /// Answers the request with an error and without outputs. Other requests are not affected.
    /// `return request.fail(.invalid_arg, "…", .{});`
    pub fn fail(self: Request, code: ErrorCode, comptime format: []const u8, arguments: anytype) RequestError {
        var message: Message = .{};
        const text = message.print(format, arguments);
        _ = abi.response_error(self.index, code, address(text), text.len);
        return error.RequestFailed;
    }

    /// Answers the request with the error's name, except for RequestFailed, whose text is already recorded.
    pub fn failWith(self: Request, cause: anyerror) void {
        if (cause != error.RequestFailed) self.fail(.internal, "{s}", .{@errorName(cause)}) catch {};
    }

    /// Sets a parameter of the response: a text, an integer, a bool or a float. Triton transports them from 25.02 on, but no
    /// floats. Other parameters are dropped.
    pub fn setParameter(self: Request, key: []const u8, value: anytype) void {
        _ = switch (@typeInfo(@TypeOf(value))) {
            .bool => abi.response_parameter_bool(self.index, address(key), key.len, @intFromBool(value)),
            .int, .comptime_int => abi.response_parameter_int(self.index, address(key), key.len, value),
            .float, .comptime_float => abi.response_parameter_double(self.index, address(key), key.len, value),
            else => text: {
                const text: []const u8 = value;
                break :text abi.response_parameter_string(self.index, address(key), key.len, address(text), text.len);
            },
        };
    }
};

/// An input with more dimensions is an error of the request.
pub const max_rank = abi.rank_max;

/// Dimensions in elements. If the model supports batching, the first one is the batch size of the request.
pub const Shape = struct {
    rank: usize,
    buffer: [max_rank]i64,

    pub fn dims(self: *const Shape) []const i64 {
        return self.buffer[0..self.rank];
    }

    pub fn eql(self: *const Shape, other: *const Shape) bool {
        return std.mem.eql(i64, self.dims(), other.dims());
    }

    /// Number of elements: 1 for no dimensions, the largest i64 for larger numbers and for a negative dimension.
    pub fn elements(self: *const Shape) i64 {
        var product: i64 = 1;
        for (self.dims()) |dim| {
            if (dim < 0) return std.math.maxInt(i64);
            product *|= dim;
        }
        return product;
    }

    /// Whether a tensor of this shape and datatype can have `byte_size` bytes of data.
    pub fn fits(self: *const Shape, datatype: Datatype, byte_size: u32) bool {
        // The host refuses an output with a larger dimension.
        const dim_max = (1 << 53) - 1;
        for (self.dims()) |dim| if (dim < 0 or dim > dim_max) return false;
        const length_bytes = 4;
        if (datatype == .bytes) return self.elements() <= byte_size / length_bytes;
        const size = datatype.byteSize() orelse return false;
        return byte_size % size == 0 and self.elements() == byte_size / size;
    }

    /// {f} prints the shape in the form [2, 3].
    pub fn format(self: *const Shape, writer: *std.Io.Writer) std.Io.Writer.Error!void {
        try writer.writeAll("[");
        for (self.dims(), 0..) |dim, index| {
            if (index > 0) try writer.writeAll(", ");
            try writer.print("{d}", .{dim});
        }
        try writer.writeAll("]");
    }
};

pub const Input = struct {
    request: Request,
    index: u32,

    /// The caller frees it.
    pub fn name(self: Input, allocator: Allocator) Allocator.Error![]u8 {
        return (try readText(allocator, abi.input_name, .{ self.request.index, self.index })).?;
    }

    pub fn datatype(self: Input) Datatype {
        return abi.input_datatype(self.request.index, self.index);
    }

    /// If the input has another datatype, this is an error of the request.
    pub fn requireDatatype(self: Input, wanted: Datatype) RequestError!void {
        const own = self.datatype();
        if (own != wanted) return self.refuse("has the datatype {s}, the model reads {s}", .{ own.name(), wanted.name() });
    }

    /// The dimensions. It is an error of the request if there are more than `max_rank`, or if they do not fit the size of the
    /// data, which not every release of the server checks.
    pub fn shape(self: Input) RequestError!Shape {
        var result: Shape = undefined;
        result.rank = abi.input_shape(self.request.index, self.index, &result.buffer, max_rank);
        if (result.rank > max_rank) {
            return self.refuse("has {d} dimensions, above the model's limit of {d}", .{ result.rank, max_rank });
        }
        const own = self.datatype();
        const size = self.byteSize();
        if (result.fits(own, size)) return result;
        return self.refuse("has {d} bytes, which do not fit its shape {f} of datatype {s}", .{ size, result, own.name() });
    }

    /// Answers the request with an error: `input`, the input's name, and the formatted text.
    fn refuse(self: Input, comptime format: []const u8, arguments: anytype) RequestError {
        // The extra byte shows whether a character ends where the name is cut off.
        var buffer: [abi.quoted_name_max + 1]u8 = undefined;
        const length: usize = @intCast(abi.input_name(self.request.index, self.index, &buffer, buffer.len));
        const own_name = quoted(buffer[0..@min(length, buffer.len)]);
        return self.request.fail(.invalid_arg, "input {s} " ++ format, .{own_name} ++ arguments);
    }

    pub fn byteSize(self: Input) u32 {
        return abi.input_byte_size(self.request.index, self.index);
    }

    /// Copies data from `offset` on to `target`. Returns the filled part of `target`, which is shorter if the data end before.
    pub fn read(self: Input, offset: u32, target: []u8) []u8 {
        return target[0..abi.input_read(self.request.index, self.index, offset, address(target), target.len)];
    }

    /// The whole data as elements of `T`. The caller frees them. Another datatype, a size that does not fit the shape, and a
    /// lack of memory are errors of the request.
    ///
    /// `u8` also accepts BOOL, and BYTES as bytes with their lengths. `u16` also accepts FP16 and BF16.
    pub fn readAll(self: Input, comptime T: type, allocator: Allocator) RequestError![]T {
        const own = self.datatype();
        const taken = switch (T) {
            u8 => own == .bool or own == .bytes,
            u16 => own == .fp16 or own == .bf16,
            else => false,
        };
        if (!taken) try self.requireDatatype(Datatype.of(T));
        _ = try self.shape();
        const size = self.byteSize();
        const values = allocator.alloc(T, size / @sizeOf(T)) catch {
            return self.refuse("has {d} bytes, for which the model has no memory left", .{size});
        };
        const bytes = std.mem.sliceAsBytes(values);
        _ = self.read(0, bytes);
        // A client may send any byte, but a bool in Zig must be 0 or 1.
        if (T == bool) for (bytes) |*byte| {
            byte.* = @intFromBool(byte.* != 0);
        };
        return values;
    }

    /// The whole data of a BYTES input, for `ByteStrings.of`. The caller frees them. Another datatype, an element that is cut
    /// off, a number of elements that does not fit the shape, and a lack of memory are errors of the request.
    pub fn readByteStrings(self: Input, allocator: Allocator) RequestError![]u8 {
        try self.requireDatatype(.bytes);
        const own_shape = try self.shape();
        const data = try self.readAll(u8, allocator);
        errdefer allocator.free(data);
        var elements: ByteStrings = .of(data);
        var count: i64 = 0;
        while (elements.next()) |_| count += 1;
        if (elements.is_cut_off) return self.refuse("ends within an element", .{});
        if (count == own_shape.elements()) return data;
        return self.refuse("has {d} elements, but the shape {f}", .{ count, own_shape });
    }
};

/// An output that the client requests. It is created once, by `create`, `set`, `copyInput` or `zero`.
pub const Output = struct {
    request: Request,
    index: u32,

    /// The caller frees it.
    pub fn name(self: Output, allocator: Allocator) Allocator.Error![]u8 {
        return (try readText(allocator, abi.output_name, .{ self.request.index, self.index })).?;
    }

    /// Creates the output, filled with zero bytes, for `write`. `byte_size` is the size that shape and datatype need; for
    /// BYTES the size of all elements with their lengths.
    pub fn create(self: Output, datatype: Datatype, dims: []const i64, byte_size: usize) RequestError!void {
        return done(abi.output_create(self.request.index, self.index, datatype, address(dims), dims.len, byte_size));
    }

    /// Copies bytes to the output's data from `offset` on.
    pub fn write(self: Output, offset: u32, bytes: []const u8) RequestError!void {
        return done(abi.output_write(self.request.index, self.index, offset, address(bytes), bytes.len));
    }

    /// Creates the output with these elements.
    pub fn set(self: Output, comptime T: type, dims: []const i64, values: []const T) RequestError!void {
        const bytes = std.mem.sliceAsBytes(values);
        try self.create(Datatype.of(T), dims, bytes.len);
        try self.write(0, bytes);
    }

    /// Creates the output as a BYTES tensor with these elements. If no memory is left for their bytes, the request fails.
    pub fn setByteStrings(self: Output, allocator: Allocator, dims: []const i64, elements: []const []const u8) RequestError!void {
        const data = encodeByteStrings(allocator, elements) catch {
            return self.request.fail(.unavailable, "no memory is left for the bytes of an output", .{});
        };
        defer allocator.free(data);
        try self.create(.bytes, dims, data.len);
        try self.write(0, data);
    }

    /// Creates the output as a copy of an input of the same request, without copying bytes through the model's memory.
    pub fn copyInput(self: Output, input: Input) RequestError!void {
        return done(abi.output_copy_input(self.request.index, self.index, input.index));
    }

    /// Creates the output as a tensor of zero bytes, of any datatype except BYTES.
    pub fn zero(self: Output, datatype: Datatype, dims: []const i64) RequestError!void {
        return done(abi.output_zero(self.request.index, self.index, datatype, address(dims), dims.len));
    }

    fn done(result: i32) RequestError!void {
        if (result != 0) return error.RequestFailed;
    }
};

/// Reads a text of the host: first its length, then its bytes. null if it does not exist.
pub fn readText(allocator: Allocator, comptime function: anytype, of: anytype) Allocator.Error!?[]u8 {
    var nothing: [0]u8 = .{};
    const length = @call(.auto, function, of ++ .{ @as([*]u8, &nothing), @as(usize, 0) });
    if (length < 0) return null;
    const text = try allocator.alloc(u8, @intCast(length));
    _ = @call(.auto, function, of ++ .{ address(text), text.len });
    return text;
}

/// The address of a slice for the host. Zig gives an empty slice an arbitrary address, which the host could refuse.
pub fn address(slice: anytype) @TypeOf(slice.ptr) {
    return if (slice.len == 0) @ptrCast(&somewhere) else slice.ptr;
}

var somewhere: u64 = 0;

/// The part of a name that an error quotes: whole characters, at most `abi.quoted_name_max` bytes.
fn quoted(name: []const u8) []const u8 {
    if (name.len <= abi.quoted_name_max) return name;
    var length: usize = abi.quoted_name_max;
    while (length > 0 and name[length] & 0xc0 == 0x80) length -= 1;
    return name[0..length];
}

/// A text for the host. Text beyond the buffer is cut off.
const Message = struct {
    buffer: [abi.message_max]u8 = undefined,

    fn print(self: *Message, comptime format: []const u8, arguments: anytype) []const u8 {
        var writer: std.Io.Writer = .fixed(&self.buffer);
        writer.print(format, arguments) catch {};
        return writer.buffered();
    }
};
