//! The host's functions as docs/guest-abi.md lists them, for what the types of this crate do not cover.
//!
//! A pointer and the number behind it stand for that many bytes (of a shape: dimensions); where there are none, the
//! pointer may be any. A result of -1 says that there is no such thing, -2 that the request has failed.

#[link(wasm_import_module = "triton_v1")]
unsafe extern "C" {
    pub fn argument(key: *const u8, key_length: usize, target: *mut u8, capacity: usize) -> i32;
    pub fn set_model_config(text: *const u8, length: usize) -> i32;
    pub safe fn instance_ordinal() -> u32;
    pub safe fn instance_restarts() -> u32;
    pub fn fail(text: *const u8, length: usize) -> i32;
    pub fn last_error(target: *mut u8, capacity: usize) -> i32;
    pub fn log(level: i32, text: *const u8, length: usize) -> i32;
    pub safe fn log_enabled(level: i32) -> i32;
    pub safe fn clock(which: i32) -> i64;
    pub safe fn sleep(milliseconds: u32) -> i32;
    pub fn random(target: *mut u8, length: usize) -> i32;
    pub fn metric_new(
        kind: i32,
        name: *const u8,
        name_length: usize,
        help: *const u8,
        help_length: usize,
    ) -> i32;
    pub safe fn metric_add(metric: i32, by: f64) -> i32;
    pub safe fn metric_set(metric: i32, value: f64) -> i32;

    pub safe fn request_count() -> u32;
    pub fn request_id(request: u32, target: *mut u8, capacity: usize) -> i32;
    pub fn request_correlation_id(request: u32, target: *mut u8, capacity: usize) -> i32;
    pub safe fn request_correlation_id_type(request: u32) -> i32;
    pub safe fn request_flags(request: u32) -> u32;
    pub safe fn request_timeout(request: u32) -> i64;
    pub fn request_parameters(request: u32, target: *mut u8, capacity: usize) -> i32;

    pub safe fn input_count(request: u32) -> u32;
    pub fn input_find(request: u32, name: *const u8, name_length: usize) -> i32;
    pub fn input_name(request: u32, input: u32, target: *mut u8, capacity: usize) -> i32;
    pub safe fn input_datatype(request: u32, input: u32) -> i32;
    pub fn input_shape(request: u32, input: u32, target: *mut i64, capacity: usize) -> usize;
    pub safe fn input_byte_size(request: u32, input: u32) -> usize;
    pub fn input_read(
        request: u32,
        input: u32,
        offset: usize,
        target: *mut u8,
        length: usize,
    ) -> usize;

    pub safe fn output_count(request: u32) -> u32;
    pub fn output_find(request: u32, name: *const u8, name_length: usize) -> i32;
    pub fn output_name(request: u32, output: u32, target: *mut u8, capacity: usize) -> i32;
    pub fn output_create(
        request: u32,
        output: u32,
        datatype: i32,
        shape: *const i64,
        rank: usize,
        byte_size: usize,
    ) -> i32;
    pub fn output_write(
        request: u32,
        output: u32,
        offset: usize,
        source: *const u8,
        length: usize,
    ) -> i32;
    pub safe fn output_copy_input(request: u32, output: u32, input: u32) -> i32;
    pub fn output_zero(
        request: u32,
        output: u32,
        datatype: i32,
        shape: *const i64,
        rank: usize,
    ) -> i32;

    pub fn response_error(request: u32, code: i32, text: *const u8, length: usize) -> i32;
    pub fn response_parameter_string(
        request: u32,
        key: *const u8,
        key_length: usize,
        text: *const u8,
        length: usize,
    ) -> i32;
    pub fn response_parameter_int(
        request: u32,
        key: *const u8,
        key_length: usize,
        value: i64,
    ) -> i32;
    pub fn response_parameter_bool(
        request: u32,
        key: *const u8,
        key_length: usize,
        value: i32,
    ) -> i32;
    pub fn response_parameter_double(
        request: u32,
        key: *const u8,
        key_length: usize,
        value: f64,
    ) -> i32;
}
