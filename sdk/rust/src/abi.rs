// Generated from sdk/abi.json by scripts/abi.mjs: do not edit.
//! The host's functions of the guest ABI triton_v1 as docs/guest-abi.md lists them.
//!
//! A pointer and the number behind it stand for that many bytes (of a shape: dimensions); where
//! there are none, the pointer may be any. A result of -1 says that there is no such thing, -2 that
//! the request has failed.

/// Dimensions of an input that an SDK takes: numpy makes no array with more. More are an error of
/// the request.
pub const RANK_MAX: usize = 64;

/// Bytes of a name that an SDK's error text quotes; a longer name is cut off at a whole character.
pub const QUOTED_NAME_MAX: usize = 256;

/// Bytes of an error text or log line where a language puts it together in a fixed buffer: room for
/// every text of the SDKs.
pub const MESSAGE_MAX: usize = 2048;

#[link(wasm_import_module = "triton_v1")]
unsafe extern "C" {
    /// Text of what the server said when it initialised the instance; returns -1 for an unknown
    /// key.
    pub fn argument(key: *const u8, key_length: usize, target: *mut u8, capacity: usize) -> i32;

    /// Sets the completed configuration as JSON, which the server checks; only in
    /// triton_auto_complete.
    pub fn set_model_config(text: *const u8, length: usize) -> i32;

    /// Place of this instance among those of its model version, from 0, in the order of
    /// instance_group.
    pub safe fn instance_ordinal() -> u32;

    /// Number of guests of this instance before this one, which trapped or were stopped.
    pub safe fn instance_restarts() -> u32;

    /// Says why the export that runs now is about to return another status than 0.
    pub fn fail(text: *const u8, length: usize) -> i32;

    /// Text of why the host refused something last, in a call that returned -1 for that reason;
    /// empty before.
    pub fn last_error(target: *mut u8, capacity: usize) -> i32;

    /// Writes a line to the server's log; level 0 info, 1 warning, 2 error, 3 verbose.
    pub fn log(level: i32, text: *const u8, length: usize) -> i32;

    /// Returns 1, or 0 for verbose when the server was not started with --log-verbose; the same as
    /// long as the instance lives.
    pub safe fn log_enabled(level: i32) -> i32;

    /// Nanoseconds; which 0: since 1970, 1: monotonic since some moment.
    pub safe fn clock(which: i32) -> i64;

    /// Sleeps for so many milliseconds (unsigned 32 bits).
    pub safe fn sleep(milliseconds: u32) -> i32;

    /// Fills the range with the system's secure random numbers.
    pub fn random(target: *mut u8, length: usize) -> i32;

    /// Returns a number that stands for a metric on the server's /metrics; kind 0 counter, 1 gauge.
    pub fn metric_new(
        kind: i32,
        name: *const u8,
        name_length: usize,
        help: *const u8,
        help_length: usize,
    ) -> i32;

    /// Adds by (f64, finite; for a counter not negative).
    pub safe fn metric_add(metric: i32, by: f64) -> i32;

    /// Sets a gauge (f64, finite), in the same way.
    pub safe fn metric_set(metric: i32, value: f64) -> i32;

    /// Number of requests in the batch.
    pub safe fn request_count() -> u32;

    /// Text of the client's id.
    pub fn request_id(request: u32, target: *mut u8, capacity: usize) -> i32;

    /// Correlation id as text.
    pub fn request_correlation_id(request: u32, target: *mut u8, capacity: usize) -> i32;

    /// Returns 0 for an unsigned integer, 1 for a string (from 24.04 on; before that always 0,
    /// whatever the request).
    pub safe fn request_correlation_id_type(request: u32) -> i32;

    /// Bit 0: a sequence starts, bit 1: it ends.
    pub safe fn request_flags(request: u32) -> u32;

    /// Microseconds; 0: none.
    pub safe fn request_timeout(request: u32) -> i64;

    /// The client's parameters as text of a JSON object.
    pub fn request_parameters(request: u32, target: *mut u8, capacity: usize) -> i32;

    /// Number of inputs that the request brings.
    pub safe fn input_count(request: u32) -> u32;

    /// Index of the input of that name; returns -1 for none.
    pub fn input_find(request: u32, name: *const u8, name_length: usize) -> i32;

    /// The input's name as text.
    pub fn input_name(request: u32, input: u32, target: *mut u8, capacity: usize) -> i32;

    /// Number of the datatype as in TRITONSERVER_DataType: 1 BOOL, 2 to 5 UINT8 to UINT64, 6 to 9
    /// INT8 to INT64, 10 FP16, 11 FP32, 12 FP64, 13 BYTES, 14 BF16.
    pub safe fn input_datatype(request: u32, input: u32) -> i32;

    /// Number of dimensions; writes at most capacity of them, each a signed 64-bit number, to
    /// target.
    pub fn input_shape(request: u32, input: u32, target: *mut i64, capacity: usize) -> usize;

    /// Size of the data in bytes.
    pub safe fn input_byte_size(request: u32, input: u32) -> usize;

    /// Copies bytes of the data from offset on to target: as many as there are, at most length.
    pub fn input_read(
        request: u32,
        input: u32,
        offset: usize,
        target: *mut u8,
        length: usize,
    ) -> usize;

    /// Number of outputs that the client wants.
    pub safe fn output_count(request: u32) -> u32;

    /// Index of the requested output of that name; returns -1 when the client does not want it.
    pub fn output_find(request: u32, name: *const u8, name_length: usize) -> i32;

    /// The output's name as text.
    pub fn output_name(request: u32, output: u32, target: *mut u8, capacity: usize) -> i32;

    /// Makes the output a tensor of byteSize bytes, which must be what rank signed 64-bit
    /// dimensions at shape (none negative) and the datatype make; for BYTES any.
    pub fn output_create(
        request: u32,
        output: u32,
        datatype: i32,
        shape: *const i64,
        rank: usize,
        byte_size: usize,
    ) -> i32;

    /// Copies bytes to the output's data from offset on.
    pub fn output_write(
        request: u32,
        output: u32,
        offset: usize,
        source: *const u8,
        length: usize,
    ) -> i32;

    /// Makes the output equal to the input: datatype, shape, bytes.
    pub safe fn output_copy_input(request: u32, output: u32, input: u32) -> i32;

    /// Makes the output a tensor of zero bytes; the datatype is one of a fixed size.
    pub fn output_zero(
        request: u32,
        output: u32,
        datatype: i32,
        shape: *const i64,
        rank: usize,
    ) -> i32;

    /// Answers the request with an error; code as below.
    pub fn response_error(request: u32, code: i32, text: *const u8, length: usize) -> i32;

    /// Sets a parameter of the response, a text.
    pub fn response_parameter_string(
        request: u32,
        key: *const u8,
        key_length: usize,
        text: *const u8,
        length: usize,
    ) -> i32;

    /// As before, an integer (i64).
    pub fn response_parameter_int(
        request: u32,
        key: *const u8,
        key_length: usize,
        value: i64,
    ) -> i32;

    /// As before, a boolean: 0 or another number.
    pub fn response_parameter_bool(
        request: u32,
        key: *const u8,
        key_length: usize,
        value: i32,
    ) -> i32;

    /// As before, a double (f64).
    pub fn response_parameter_double(
        request: u32,
        key: *const u8,
        key_length: usize,
        value: f64,
    ) -> i32;
}
