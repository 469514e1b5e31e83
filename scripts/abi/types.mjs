/**
 * The types of sdk/abi.json, in WebAssembly (i: i32, I: i64, F: f64) and in each language. A language may have several types for one
 * WebAssembly type: they show whether the number is a pointer, a length, an index or an enumeration.
 */

const pointer = (c, rust, zig) => ({ wasm: "i", as: "usize", c, rust, zig, pointer: true });
const number = (as, c, rust, zig) => ({ wasm: "i", as, c, rust, zig });
const enumeration = (zig) => number("i32", "uint32_t", "i32", zig);

export const PARAMETERS = {
  /** Text in UTF-8 that the host reads, and the buffer of a text that it writes. */
  text: pointer("const char *", "*const u8", "[*]const u8"),
  textTarget: pointer("char *", "*mut u8", "[*]u8"),
  bytes: pointer("const void *", "*const u8", "[*]const u8"),
  bytesTarget: pointer("void *", "*mut u8", "[*]u8"),
  /** Dimensions: signed 64-bit numbers. */
  dims: pointer("const int64_t *", "*const i64", "[*]const i64"),
  dimsTarget: pointer("int64_t *", "*mut i64", "[*]i64"),
  /** Labels of a metric: pointer and length of the name, pointer and length of the value, each 32 bits. */
  labels: pointer("const void *", "*const [u32; 4]", "[*]const [4]u32"),
  doubles: pointer("const double *", "*const f64", "[*]const f64"),
  doubleTarget: pointer("double *", "*mut f64", "[*]f64"),
  /** The number of bytes or dimensions at a pointer. */
  length: number("i32", "uint32_t", "usize", "usize"),
  /** An offset in a tensor's data, or its size. */
  size: number("u32", "uint32_t", "usize", "u32"),
  index: number("i32", "uint32_t", "u32", "u32"),
  metric: number("i32", "uint32_t", "i32", "i32"),
  /** The number of a call of another model. */
  call: number("i32", "uint32_t", "u32", "u32"),
  flag: number("i32", "int32_t", "i32", "i32"),
  /** Which list of the configuration: 0 inputs, 1 outputs. */
  side: number("i32", "uint32_t", "u32", "u32"),
  u32: number("u32", "uint32_t", "u32", "u32"),
  datatype: enumeration("Datatype"),
  logLevel: enumeration("LogLevel"),
  clock: enumeration("Clock"),
  metricKind: enumeration("MetricKind"),
  errorCode: enumeration("ErrorCode"),
  i64: { wasm: "I", as: "i64", c: "int64_t", rust: "i64", zig: "i64" },
  f64: { wasm: "F", as: "f64", c: "double", rust: "f64", zig: "f64" },
};

const signed = number("i32", "int32_t", "i32", "i32");

export const RESULTS = {
  /** 0, or another value that the documentation of the function explains. */
  status: signed,
  /** 0, or −2 if the request has failed. */
  requestStatus: signed,
  /** Length of the whole text in bytes, which may exceed the capacity. */
  textLength: signed,
  /** As textLength, or −1 if the text does not exist. */
  textLengthOrNone: signed,
  indexOrNone: signed,
  /** A handle of a request, or −1. */
  handle: signed,
  metricOrRefused: signed,
  callOrRefused: signed,
  flag: signed,
  count: number("i32", "int32_t", "u32", "u32"),
  rank: number("i32", "int32_t", "usize", "u32"),
  readLength: number("i32", "int32_t", "usize", "u32"),
  /** As readLength, or −1 if there is nothing to read. */
  readLengthOrRefused: signed,
  size: number("u32", "int32_t", "usize", "u32"),
  datatype: number("i32", "int32_t", "i32", "Datatype"),
  /** 0 none, 1 string, 2 integer, 3 bool, 4 double. */
  parameterType: number("i32", "int32_t", "i32", "i32"),
  i64: PARAMETERS.i64,
  f64: PARAMETERS.f64,
};

/** The function's type as the host's inspection writes it, such as "iiI->i". */
export function signatureOf({ parameters, result }) {
  const letters = Object.values(parameters).map((type) => PARAMETERS[type].wasm);
  return `${letters.join("")}->${RESULTS[result].wasm}`;
}

/** @throws Error for an entry of sdk/abi.json that the generators do not support */
export function checkAbi(abi) {
  for (const [name, entry] of Object.entries(abi.functions)) {
    const refuse = (what) => {
      throw new Error(`sdk/abi.json: function '${name}' ${what}`);
    };
    if (!/^[a-z][a-z0-9_]*$/.test(name)) refuse("is not in snake case");
    if (!(entry.group in abi.groups))
      refuse(`is of the group '${entry.group}', which is not listed`);
    if (!(entry.result in RESULTS))
      refuse(
        `has the unknown result '${entry.result}': RESULTS in scripts/abi/types.mjs lists the types`,
      );
    if (!Number.isInteger(entry.since) || entry.since < 1) refuse("has no revision in 'since'");
    if (!entry.doc?.length) refuse("has no documentation in 'doc'");
    for (const [parameter, type] of Object.entries(entry.parameters)) {
      if (!(type in PARAMETERS))
        refuse(
          `has the unknown type '${type}' of '${parameter}': PARAMETERS in scripts/abi/types.mjs lists the types`,
        );
    }
  }
}
