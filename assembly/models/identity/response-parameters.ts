import { abi, utf8 } from "../../sdk";

const PARAM0 = utf8("param0");
const PARAM1 = utf8("param1");
const PARAM2 = utf8("param2");
const PARAM3 = utf8("param3");
const EXAMPLE = utf8("an example string parameter");

/** Sets the parameters that NVIDIA's backend sets on every response that is not an error. */
export function setParameters(request: i32): void {
  abi.response_parameter_string(
    request,
    PARAM0.start,
    PARAM0.length,
    EXAMPLE.start,
    EXAMPLE.length,
  );
  abi.response_parameter_int(request, PARAM1.start, PARAM1.length, 42);
  abi.response_parameter_bool(request, PARAM2.start, PARAM2.length, 0);
  abi.response_parameter_double(request, PARAM3.start, PARAM3.length, 123.123);
}
