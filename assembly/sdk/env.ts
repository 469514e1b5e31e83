/** The raw host functions of the guest ABI triton_v0 (docs/guest-abi.md). Lengths and capacities in bytes. */

@external("triton_v0", "request_count")
export declare function request_count(): i32;

@external("triton_v0", "input_count")
export declare function input_count(request: i32): i32;

@external("triton_v0", "input_name")
export declare function input_name(request: i32, input: i32, target: usize, capacity: i32): i32;

@external("triton_v0", "output_count")
export declare function output_count(request: i32): i32;

@external("triton_v0", "output_name")
export declare function output_name(request: i32, output: i32, target: usize, capacity: i32): i32;

@external("triton_v0", "output_copy_input")
export declare function output_copy_input(request: i32, output: i32, input: i32): i32;

@external("triton_v0", "response_error")
export declare function response_error(request: i32, code: i32, text: usize, length: i32): i32;

@external("triton_v0", "log")
export declare function log(level: i32, text: usize, length: i32): i32;
