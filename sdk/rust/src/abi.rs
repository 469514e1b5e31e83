// Generated from sdk/abi.json by scripts/abi.mjs: do not edit.
//! The host functions of the guest ABI triton_v1, which docs/guest-abi.md documents.
//!
//! A pointer and the number after it describe a range of that many bytes (of a shape: dimensions).
//! If the number is 0, the pointer may have any value. A result of -1 means that the item does not
//! exist or that a metric was refused; -2 means that the request has failed. A function that writes
//! a text writes at most capacity bytes of it and returns the length of the whole text.

/// Most dimensions of an input that an SDK accepts; numpy has the same limit. An input with more is
/// an error of its request.
pub const RANK_MAX: usize = 64;

/// Most bytes of a name that an SDK's error text quotes. A longer name is cut off after a whole
/// character.
pub const QUOTED_NAME_MAX: usize = 256;

/// Bytes of the fixed buffer in which some SDKs compose an error text or log line. Every text of
/// the SDKs fits.
pub const MESSAGE_MAX: usize = 2048;

#[link(wasm_import_module = "triton_v1")]
unsafe extern "C" {
    /// Writes the value of an argument with which the server initialised the instance. Returns -1
    /// for an unknown key.
    pub fn argument(key: *const u8, key_length: usize, target: *mut u8, capacity: usize) -> i32;

    /// Writes the string value of a parameter of the model's configuration (parameters of
    /// config.pbtxt). Returns -1 if the model does not have the parameter.
    pub fn model_parameter(
        key: *const u8,
        key_length: usize,
        target: *mut u8,
        capacity: usize,
    ) -> i32;

    /// Writes the model's name, from its configuration.
    pub fn config_name(target: *mut u8, capacity: usize) -> i32;

    /// Returns max_batch_size of the model's configuration; 0 if the model does not support
    /// batching.
    pub safe fn config_max_batch_size() -> u32;

    /// Returns the number of inputs (side 0) or outputs (side 1) in the model's configuration.
    pub safe fn config_tensor_count(side: u32) -> u32;

    /// Returns the index of the configured input or output with that name, or -1 if the
    /// configuration does not have it.
    pub fn config_tensor_find(side: u32, name: *const u8, name_length: usize) -> i32;

    /// Writes the name of a configured input or output.
    pub fn config_tensor_name(side: u32, index: u32, target: *mut u8, capacity: usize) -> i32;

    /// Returns the datatype of a configured input or output, as input_datatype does; 0 if the
    /// configuration does not set it.
    pub safe fn config_tensor_datatype(side: u32, index: u32) -> i32;

    /// Returns the number of dimensions of a configured input or output, without the dimension of
    /// the batch. Writes at most capacity dimensions to target, each as a signed 64-bit number; -1
    /// is a dimension of any size.
    pub fn config_tensor_shape(side: u32, index: u32, target: *mut i64, capacity: usize) -> usize;

    /// Sets the completed configuration as JSON. The server checks it. Allowed only in
    /// triton_auto_complete.
    pub fn set_model_config(text: *const u8, length: usize) -> i32;

    /// Returns the number of this instance among the instances of its model version, from 0, in the
    /// order of instance_group.
    pub safe fn instance_ordinal() -> u32;

    /// Returns the number of earlier guests of this instance. Each of them trapped or was stopped.
    pub safe fn instance_restarts() -> u32;

    /// Sets the error text for the case that the running export returns a status other than 0.
    pub fn fail(text: *const u8, length: usize) -> i32;

    /// Writes the reason of the last refusal: why the host returned -1 for a metric or a file. The
    /// text is empty if nothing was refused.
    pub fn last_error(target: *mut u8, capacity: usize) -> i32;

    /// Writes a line to the server's log. Levels: 0 info, 1 warning, 2 error, 3 verbose.
    pub fn log(level: i32, text: *const u8, length: usize) -> i32;

    /// Returns 0 for the level verbose if the server was started without --log-verbose, and 1
    /// otherwise. The result does not change while the instance lives.
    pub safe fn log_enabled(level: i32) -> i32;

    /// Returns a time in nanoseconds. which 0: since 1970; 1: since an arbitrary moment, monotonic.
    pub safe fn clock(which: i32) -> i64;

    /// Sleeps for milliseconds (unsigned 32 bits).
    pub safe fn sleep(milliseconds: u32) -> i32;

    /// Fills length bytes at target with secure random numbers of the system.
    pub fn random(target: *mut u8, length: usize) -> i32;

    /// Creates a metric on the server's /metrics and returns its number. Kinds: 0 counter, 1 gauge.
    pub fn metric_new(
        kind: i32,
        name: *const u8,
        name_length: usize,
        help: *const u8,
        help_length: usize,
    ) -> i32;

    /// Adds by (f64, finite; for a counter not negative) to the metric.
    pub safe fn metric_add(metric: i32, by: f64) -> i32;

    /// Sets a gauge to value (f64, finite).
    pub safe fn metric_set(metric: i32, value: f64) -> i32;

    /// Creates a metric of any kind with labels of the guest's choice, and returns its number.
    /// Kinds: 0 counter, 1 gauge, 2 histogram (Triton 24.08 and newer).
    pub fn metric_create(
        kind: i32,
        name: *const u8,
        name_length: usize,
        help: *const u8,
        help_length: usize,
        labels: *const [u32; 4],
        label_count: usize,
        buckets: *const f64,
        bucket_count: usize,
    ) -> i32;

    /// Adds an observation (finite) to a histogram. The host sends each one after the batch, before
    /// the responses.
    pub safe fn metric_observe(metric: i32, value: f64) -> i32;

    /// Writes the value of a counter or gauge as f64 to target: that of all instances, with all
    /// changes of this guest. It costs an exchange with the server.
    pub fn metric_value(metric: i32, target: *mut f64) -> i32;

    /// Releases the metric. The server removes it when no other instance of the model version uses
    /// it. Its number refers to nothing until another metric gets it.
    pub safe fn metric_delete(metric: i32) -> i32;

    /// Returns the number of files beside the model: those in the folder files of its version, and
    /// in folders below it.
    pub safe fn file_count() -> u32;

    /// Writes the path of a file below the folder files, such as vocabulary.txt or en/words.txt.
    /// The files are in the order of their paths.
    pub fn file_name(file: u32, target: *mut u8, capacity: usize) -> i32;

    /// Returns the size of the file with that path in bytes, or -1 if the model does not have it.
    pub fn file_size(name: *const u8, name_length: usize) -> i64;

    /// Copies at most length bytes of the file with that path, from offset (i64) on, to target.
    pub fn file_read(
        name: *const u8,
        name_length: usize,
        offset: i64,
        target: *mut u8,
        length: usize,
    ) -> i32;

    /// Returns the number of requests in the batch.
    pub safe fn request_count() -> u32;

    /// Writes the request's id, which the client chose.
    pub fn request_id(request: u32, target: *mut u8, capacity: usize) -> i32;

    /// Writes the correlation id; a number in decimal digits.
    pub fn request_correlation_id(request: u32, target: *mut u8, capacity: usize) -> i32;

    /// Returns 0 if the correlation id is an unsigned integer, 1 if it is a string. Before 24.04 it
    /// always returns 0.
    pub safe fn request_correlation_id_type(request: u32) -> i32;

    /// Returns flags. Bit 0: the request starts a sequence; bit 1: it ends one.
    pub safe fn request_flags(request: u32) -> u32;

    /// Returns the request's time-out in microseconds, or 0 if it has none.
    pub safe fn request_timeout(request: u32) -> i64;

    /// Writes a JSON object with the client's parameters.
    pub fn request_parameters(request: u32, target: *mut u8, capacity: usize) -> i32;

    /// Returns the type of one of the client's parameters: 0 if the request does not have it, 1
    /// string, 2 integer, 3 bool, 4 double. Before 24.02 no release transports doubles.
    pub fn request_parameter_type(request: u32, key: *const u8, key_length: usize) -> i32;

    /// Writes the value of one of the client's parameters as text: a string as it is, an integer in
    /// decimal digits, a bool as true or false, a double as a JSON number. Returns -1 if the
    /// request does not have the parameter.
    pub fn request_parameter(
        request: u32,
        key: *const u8,
        key_length: usize,
        target: *mut u8,
        capacity: usize,
    ) -> i32;

    /// Returns the value of an integer parameter of the client; of a bool 1 or 0; 0 for any other.
    pub fn request_parameter_int(request: u32, key: *const u8, key_length: usize) -> i64;

    /// Returns the value of a double or integer parameter of the client as a double; 0 for any
    /// other.
    pub fn request_parameter_double(request: u32, key: *const u8, key_length: usize) -> f64;

    /// Returns the number of inputs in the request.
    pub safe fn input_count(request: u32) -> u32;

    /// Returns the index of the input with that name, or -1 if the request does not have it.
    pub fn input_find(request: u32, name: *const u8, name_length: usize) -> i32;

    /// Writes the input's name.
    pub fn input_name(request: u32, input: u32, target: *mut u8, capacity: usize) -> i32;

    /// Returns the datatype's number in TRITONSERVER_DataType: 1 BOOL, 2 to 5 UINT8 to UINT64, 6 to
    /// 9 INT8 to INT64, 10 FP16, 11 FP32, 12 FP64, 13 BYTES, 14 BF16.
    pub safe fn input_datatype(request: u32, input: u32) -> i32;

    /// Returns the number of dimensions. Writes at most capacity dimensions to target, each as a
    /// signed 64-bit number.
    pub fn input_shape(request: u32, input: u32, target: *mut i64, capacity: usize) -> usize;

    /// Returns the size of the data in bytes.
    pub safe fn input_byte_size(request: u32, input: u32) -> usize;

    /// Copies at most length bytes of the data, from offset on, to target.
    pub fn input_read(
        request: u32,
        input: u32,
        offset: usize,
        target: *mut u8,
        length: usize,
    ) -> usize;

    /// Returns the number of outputs that the client requests.
    pub safe fn output_count(request: u32) -> u32;

    /// Returns the index of the requested output with that name, or -1 if the client does not
    /// request it.
    pub fn output_find(request: u32, name: *const u8, name_length: usize) -> i32;

    /// Writes the output's name.
    pub fn output_name(request: u32, output: u32, target: *mut u8, capacity: usize) -> i32;

    /// Creates the output as a tensor of byteSize bytes. shape points to rank signed 64-bit
    /// dimensions, none of them negative.
    pub fn output_create(
        request: u32,
        output: u32,
        datatype: i32,
        shape: *const i64,
        rank: usize,
        byte_size: usize,
    ) -> i32;

    /// Copies length bytes at source to the output's data, from offset on.
    pub fn output_write(
        request: u32,
        output: u32,
        offset: usize,
        source: *const u8,
        length: usize,
    ) -> i32;

    /// Creates the output with the datatype, the shape and the bytes of the input.
    pub safe fn output_copy_input(request: u32, output: u32, input: u32) -> i32;

    /// Creates the output as a tensor whose bytes are all zero. The datatype must have elements of
    /// a fixed size.
    pub fn output_zero(
        request: u32,
        output: u32,
        datatype: i32,
        shape: *const i64,
        rank: usize,
    ) -> i32;

    /// Answers the request with an error.
    pub fn response_error(request: u32, code: i32, text: *const u8, length: usize) -> i32;

    /// Sets a text parameter of the response.
    pub fn response_parameter_string(
        request: u32,
        key: *const u8,
        key_length: usize,
        text: *const u8,
        length: usize,
    ) -> i32;

    /// Sets an integer parameter of the response (i64).
    pub fn response_parameter_int(
        request: u32,
        key: *const u8,
        key_length: usize,
        value: i64,
    ) -> i32;

    /// Sets a boolean parameter of the response. 0 is false; any other number is true.
    pub fn response_parameter_bool(
        request: u32,
        key: *const u8,
        key_length: usize,
        value: i32,
    ) -> i32;

    /// Sets a double parameter of the response (f64), which the host drops on every release.
    pub fn response_parameter_double(
        request: u32,
        key: *const u8,
        key_length: usize,
        value: f64,
    ) -> i32;

    /// Sends the outputs, the parameters or the error that the guest has set, as one response that
    /// is not the last. Afterwards the response of the request is empty again.
    pub safe fn response_send(request: u32) -> i32;

    /// Sends what the guest has set as the last response. If it has set nothing, the server only
    /// learns that the responses before were all.
    pub safe fn response_finish(request: u32) -> i32;

    /// Keeps the request open after triton_execute has returned. Returns a handle, a number from
    /// 1,073,741,824 on, which replaces the index in all functions of the request until it is
    /// finished. Returns -1 if the instance already has as many open requests as it may have.
    pub safe fn request_keep(request: u32) -> i32;

    /// Returns 1 if the client has cancelled the request, and 0 otherwise. Each call asks the
    /// server, until the result is 1 or the request is finished.
    pub safe fn request_is_cancelled(request: u32) -> i32;

    /// Lets the server execute the request once more, as part of a later batch, and answers it with
    /// nothing now. For models with sequence_batching { iterative_sequence: true }, from 23.11 on.
    /// Returns 0, or -1 if this release does not have it.
    pub safe fn request_reschedule(request: u32) -> i32;

    /// Asks for a call of triton_poll after milliseconds. The earliest time counts that was asked
    /// for since the last call of triton_poll, which the module must export. Returns 0.
    pub safe fn poll_after(milliseconds: u32) -> i32;

    /// Lets the server load a model of its repository, in the mode of explicit model control.
    /// config is a configuration as JSON that replaces the one in the repository; without a text
    /// the server reads its own.
    pub fn model_load(
        name: *const u8,
        name_length: usize,
        config: *const u8,
        config_length: usize,
    ) -> i32;

    /// Lets the server unload a model; with dependents, also the models of an ensemble that no
    /// other one uses.
    pub fn model_unload(name: *const u8, name_length: usize, dependents: i32) -> i32;

    /// Returns 1 if a version of a model is ready, and 0 otherwise. Version -1 is the latest.
    pub fn model_is_ready(name: *const u8, name_length: usize, version: i64) -> i32;

    /// Creates a call of another model and returns its number. Version -1 is the latest.
    pub fn call_create(model: *const u8, length: usize, version: i64) -> i32;

    /// Adds an input to a call and copies its bytes.
    pub fn call_input(
        call: u32,
        name: *const u8,
        name_length: usize,
        datatype: i32,
        shape: *const i64,
        rank: usize,
        source: *const u8,
        length: usize,
    ) -> i32;

    /// Adds an input to a call with the datatype, shape and bytes of an input of a request. No byte
    /// is copied.
    pub fn call_input_from(
        call: u32,
        name: *const u8,
        name_length: usize,
        request: u32,
        input: u32,
    ) -> i32;

    /// Adds an input to a call with the datatype, shape and bytes of an output of the current
    /// response of another call. No byte is copied.
    pub fn call_input_from_call(
        call: u32,
        name: *const u8,
        name_length: usize,
        source: u32,
        output: u32,
    ) -> i32;

    /// Asks for an output of the called model. Without any such request, the model sends all its
    /// outputs.
    pub fn call_output(call: u32, name: *const u8, length: usize) -> i32;

    /// Sets a text parameter of a call's request.
    pub fn call_parameter_string(
        call: u32,
        key: *const u8,
        key_length: usize,
        text: *const u8,
        length: usize,
    ) -> i32;

    /// Sets an integer parameter of a call's request (i64).
    pub fn call_parameter_int(call: u32, key: *const u8, key_length: usize, value: i64) -> i32;

    /// Sets a boolean parameter of a call's request. 0 is false; any other number is true.
    pub fn call_parameter_bool(call: u32, key: *const u8, key_length: usize, value: i32) -> i32;

    /// Sets the id of a call's request. The default is an empty text.
    pub fn call_request_id(call: u32, text: *const u8, length: usize) -> i32;

    /// Sets the correlation id of a call's request to a number, which is unsigned.
    pub safe fn call_correlation_id(call: u32, id: i64) -> i32;

    /// Sets the correlation id of a call's request to a text, in 24.04 and later.
    pub fn call_correlation_id_string(call: u32, text: *const u8, length: usize) -> i32;

    /// Sets the flags of a call's request. Bit 0: a sequence starts. Bit 1: it ends.
    pub safe fn call_flags(call: u32, flags: u32) -> i32;

    /// Sets the time-out of a call's request in microseconds, which the scheduler of the called
    /// model applies to the time in its queue. 0 stands for no time-out.
    pub safe fn call_timeout(call: u32, microseconds: i64) -> i32;

    /// Makes a call a part of the trace of a request.
    pub safe fn call_trace_from(call: u32, request: u32) -> i32;

    /// Sends a call to the server. streams must not be 0 if the called model is decoupled.
    pub safe fn call_send(call: u32, streams: i32) -> i32;

    /// Waits up to milliseconds for the next response to a call, which then is the current
    /// response. The response before it is freed.
    pub safe fn call_wait(call: u32, milliseconds: u32) -> i32;

    /// Waits up to milliseconds until a call has a response that call_wait has not returned, and
    /// returns the number of that call.
    pub safe fn call_wait_any(milliseconds: u32) -> i32;

    /// Asks the server to cancel a call with a stream of responses. The stream ends with an error
    /// then.
    pub safe fn call_cancel(call: u32) -> i32;

    /// Closes a call and frees its responses. Responses that come later are dropped.
    pub safe fn call_close(call: u32) -> i32;

    /// Returns the error code of the current response, or -1 if it is not an error.
    pub safe fn call_error_code(call: u32) -> i32;

    /// Writes the error text of the current response. Returns -1 if the response is not an error.
    pub fn call_error(call: u32, target: *mut u8, capacity: usize) -> i32;

    /// Writes the parameters of the current response as text of a JSON object. The text is empty
    /// before 25.02, and for a response without parameters.
    pub fn call_response_parameters(call: u32, target: *mut u8, capacity: usize) -> i32;

    /// Returns the number of outputs of the current response.
    pub safe fn call_output_count(call: u32) -> u32;

    /// Returns the index of the output of the current response with this name, or -1.
    pub fn call_output_find(call: u32, name: *const u8, length: usize) -> i32;

    /// Writes the name of an output.
    pub fn call_output_name(call: u32, output: u32, target: *mut u8, capacity: usize) -> i32;

    /// Returns the datatype of an output as a number of TRITONSERVER_DataType.
    pub safe fn call_output_datatype(call: u32, output: u32) -> i32;

    /// Returns the number of dimensions of an output. Writes at most capacity dimensions to target,
    /// each as a signed 64-bit number.
    pub fn call_output_shape(call: u32, output: u32, target: *mut i64, capacity: usize) -> usize;

    /// Returns the size of an output's data in bytes.
    pub safe fn call_output_byte_size(call: u32, output: u32) -> usize;

    /// Copies up to length bytes of an output's data, from offset on, to target.
    pub fn call_output_read(
        call: u32,
        output: u32,
        offset: usize,
        target: *mut u8,
        length: usize,
    ) -> usize;

    /// Creates an output of a request with the datatype, shape and bytes of an output of the
    /// current response of a call. No byte is copied.
    pub safe fn output_forward(request: u32, output: u32, call: u32, call_output: u32) -> i32;
}
