/** The raw host functions of the guest ABI triton_v1 (docs/guest-abi.md). Lengths and capacities in bytes. */

@external("triton_v1", "argument")
export declare function argument(key: usize, keyLength: i32, target: usize, capacity: i32): i32;

@external("triton_v1", "instance_ordinal")
export declare function instance_ordinal(): i32;

@external("triton_v1", "instance_restarts")
export declare function instance_restarts(): i32;

@external("triton_v1", "request_count")
export declare function request_count(): i32;

@external("triton_v1", "request_id")
export declare function request_id(request: i32, target: usize, capacity: i32): i32;

@external("triton_v1", "request_correlation_id")
export declare function request_correlation_id(request: i32, target: usize, capacity: i32): i32;

@external("triton_v1", "request_correlation_id_type")
export declare function request_correlation_id_type(request: i32): i32;

@external("triton_v1", "input_count")
export declare function input_count(request: i32): i32;

@external("triton_v1", "input_name")
export declare function input_name(request: i32, input: i32, target: usize, capacity: i32): i32;

@external("triton_v1", "input_datatype")
export declare function input_datatype(request: i32, input: i32): i32;

/** `capacity` counts dimensions, 8 bytes each. */
@external("triton_v1", "input_shape")
export declare function input_shape(request: i32, input: i32, target: usize, capacity: i32): i32;

@external("triton_v1", "input_byte_size")
export declare function input_byte_size(request: i32, input: i32): u32;

@external("triton_v1", "output_count")
export declare function output_count(request: i32): i32;

@external("triton_v1", "output_name")
export declare function output_name(request: i32, output: i32, target: usize, capacity: i32): i32;

@external("triton_v1", "output_copy_input")
export declare function output_copy_input(request: i32, output: i32, input: i32): i32;

/** `shape` points to `rank` dimensions of 8 bytes. */
@external("triton_v1", "output_zero")
export declare function output_zero(request: i32, output: i32, datatype: i32, shape: usize, rank: i32): i32;

@external("triton_v1", "response_error")
export declare function response_error(request: i32, code: i32, text: usize, length: i32): i32;

@external("triton_v1", "response_parameter_string")
export declare function response_parameter_string(request: i32, key: usize, keyLength: i32, text: usize, length: i32): i32;

@external("triton_v1", "response_parameter_int")
export declare function response_parameter_int(request: i32, key: usize, keyLength: i32, value: i64): i32;

@external("triton_v1", "response_parameter_bool")
export declare function response_parameter_bool(request: i32, key: usize, keyLength: i32, value: i32): i32;

@external("triton_v1", "response_parameter_double")
export declare function response_parameter_double(request: i32, key: usize, keyLength: i32, value: f64): i32;

@external("triton_v1", "fail")
export declare function fail(text: usize, length: i32): i32;

@external("triton_v1", "last_error")
export declare function last_error(target: usize, capacity: i32): i32;

@external("triton_v1", "log")
export declare function log(level: i32, text: usize, length: i32): i32;

@external("triton_v1", "log_enabled")
export declare function log_enabled(level: i32): i32;

@external("triton_v1", "sleep")
export declare function sleep(milliseconds: u32): i32;

@external("triton_v1", "metric_new")
export declare function metric_new(kind: i32, name: usize, nameLength: i32, help: usize, helpLength: i32): i32;

@external("triton_v1", "metric_add")
export declare function metric_add(metric: i32, by: f64): i32;

@external("triton_v1", "metric_set")
export declare function metric_set(metric: i32, value: f64): i32;

@external("triton_v1", "set_model_config")
export declare function set_model_config(text: usize, length: i32): i32;

/** Nanoseconds. @param which 0 since 1970, 1 monotonic */
@external("triton_v1", "clock")
export declare function clock(which: i32): i64;

@external("triton_v1", "random")
export declare function random(target: usize, length: i32): i32;

@external("triton_v1", "request_flags")
export declare function request_flags(request: i32): i32;

/** Microseconds; 0: none. */
@external("triton_v1", "request_timeout")
export declare function request_timeout(request: i32): i64;

@external("triton_v1", "request_parameters")
export declare function request_parameters(request: i32, target: usize, capacity: i32): i32;

@external("triton_v1", "input_find")
export declare function input_find(request: i32, name: usize, nameLength: i32): i32;

@external("triton_v1", "input_read")
export declare function input_read(request: i32, input: i32, offset: u32, target: usize, length: i32): i32;

@external("triton_v1", "output_find")
export declare function output_find(request: i32, name: usize, nameLength: i32): i32;

/** `shape` points to `rank` dimensions of 8 bytes. */
@external("triton_v1", "output_create")
export declare function output_create(request: i32, output: i32, datatype: i32, shape: usize, rank: i32, byteSize: u32): i32;

@external("triton_v1", "output_write")
export declare function output_write(request: i32, output: i32, offset: u32, source: usize, length: i32): i32;
