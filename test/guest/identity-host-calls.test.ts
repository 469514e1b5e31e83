import { ABI_IMPORTS, ABI_NAMESPACE } from "../../host/guest/abi.js";
import { configOf, identityModule, OPTIONAL, pair, parameters } from "./identity-guest.js";

type Call = readonly [name: string, ...args: (number | bigint)[]];
type HostFunction = (...args: number[]) => number;

interface Exports {
  readonly memory: WebAssembly.Memory;
  triton_initialize(): number;
  triton_execute(): number;
}

/** A simple host that counts the calls of the guest, because host calls dominate the cost of execution. */
class CallCounter {
  readonly calls: Call[] = [];
  readonly exports: Exports;
  verbose = 0;
  requests = 1;
  inputs: readonly string[] = ["INPUT0"];
  outputs: readonly string[] = ["OUTPUT0"];

  constructor(config: object) {
    const answers: Readonly<Record<string, HostFunction>> = {
      argument: (_key: number, _length: number, target: number, capacity: number) =>
        this.write(JSON.stringify(config), target!, capacity!),
      log_enabled: () => this.verbose,
      request_count: () => this.requests,
      input_count: () => this.inputs.length,
      output_count: () => this.outputs.length,
      input_name: (_request: number, input: number, target: number, capacity: number) =>
        this.write(this.inputs[input!]!, target!, capacity!),
      output_name: (_request: number, output: number, target: number, capacity: number) =>
        this.write(this.outputs[output!]!, target!, capacity!),
      input_byte_size: () => 4,
    };
    const functions = Object.keys(ABI_IMPORTS).map((name) => [
      name,
      (...args: number[]) => {
        this.calls.push([name, ...args]);
        return answers[name]?.(...args) ?? 0;
      },
    ]);
    const instance = new WebAssembly.Instance(identityModule.module, {
      [ABI_NAMESPACE]: Object.fromEntries(functions),
    });
    this.exports = instance.exports as unknown as Exports;
    expect(this.exports.triton_initialize()).toBe(0);
  }

  /** The calls of one batch. */
  execute(): Call[] {
    this.calls.length = 0;
    expect(this.exports.triton_execute()).toBe(0);
    return this.calls;
  }

  names(): string[] {
    return this.execute().map(([name]) => name);
  }

  /** The text behind a pointer and a length. */
  text(pointer: number, length: number): string {
    return Buffer.from(this.exports.memory.buffer, pointer, length).toString();
  }

  private write(text: string, target: number, capacity: number): number {
    const bytes = new TextEncoder().encode(text);
    new Uint8Array(this.exports.memory.buffer).set(bytes.subarray(0, capacity), target);
    return bytes.length;
  }
}

const PARAMETERS = [
  "response_parameter_string",
  "response_parameter_int",
  "response_parameter_bool",
  "response_parameter_double",
];
const OF_A_REQUEST = ["input_count", "output_count", "request_correlation_id_type"];
const OF_A_COPY = ["output_name", "input_name", "input_byte_size", "output_copy_input"];

test("one request with one pair costs two calls for the batch and eleven for the request", () => {
  const host = new CallCounter(configOf([pair(0)]));
  const request = [...OF_A_REQUEST, ...OF_A_COPY, ...PARAMETERS];
  expect(host.names()).toEqual(["request_count", ...request, "metric_add"]);
  host.requests = 3;
  expect(host.names().length).toBe(2 + 3 * 11);
  host.outputs = [];
  expect(host.names()).toEqual([
    "request_count",
    ...[1, 2, 3].flatMap(() => [...OF_A_REQUEST, ...PARAMETERS]),
  ]);
});

test("the delay comes first, and only once", () => {
  const host = new CallCounter(configOf([pair(0)], parameters({ execute_delay_ms: "7" })));
  host.requests = 2;
  const calls = host.execute();
  expect(calls[0]).toEqual(["sleep", 7]);
  expect(calls.filter(([name]) => name === "sleep").length).toBe(1);
});

test("the parameters are passed without changes, including the double", () => {
  const host = new CallCounter(configOf([pair(0)]));
  const sent = host
    .execute()
    .filter(([name]) => name.startsWith("response_parameter"))
    .map(([name, request, key, keyLength, ...value]) => [
      name,
      request,
      host.text(Number(key), Number(keyLength)),
      name.endsWith("string") ? host.text(Number(value[0]), Number(value[1])) : value[0],
    ]);
  expect(sent).toEqual([
    ["response_parameter_string", 0, "param0", "an example string parameter"],
    ["response_parameter_int", 0, "param1", 42n],
    ["response_parameter_bool", 0, "param2", 0],
    ["response_parameter_double", 0, "param3", 123.123],
  ]);
});

describe("a request of many pairs", () => {
  const MANY = 100;
  const suffixes = Array.from({ length: MANY }, (_, index) => `${index}`).sort();
  const many = () =>
    new CallCounter(configOf(suffixes.map((suffix) => pair(suffix, {}, OPTIONAL))));
  const namesRead = (host: CallCounter) =>
    host.names().filter((name) => name === "input_name").length;

  test("reads each input's name once when the order is the one of the previous request", () => {
    const host = many();
    host.inputs = suffixes.map((suffix) => `INPUT${suffix}`).reverse();
    host.outputs = suffixes.map((suffix) => `OUTPUT${suffix}`);
    namesRead(host);
    expect(namesRead(host)).toBe(MANY);
  });

  test("reads each input's name at most twice in any other order", () => {
    const host = many();
    host.outputs = suffixes.map((suffix) => `OUTPUT${suffix}`);
    for (let turn = 1; turn < MANY; turn++) {
      host.inputs = suffixes.map((_, index) => `INPUT${(index * 37 + turn) % MANY}`);
      expect(namesRead(host)).toBeLessThanOrEqual(2 * MANY);
    }
  });

  test("scans its inputs only once for all missing inputs", () => {
    const host = many();
    host.inputs = ["INPUT7", "INPUT8"];
    host.outputs = suffixes.map((suffix) => `OUTPUT${suffix}`);
    expect(namesRead(host)).toBeLessThanOrEqual(4);
  });
});

test("the memory for a load is proportional to the configuration", () => {
  const bytes = (count: number) => {
    const pairs = Array.from({ length: count }, (_, index) => pair(index, {}, OPTIONAL));
    return new CallCounter(configOf(pairs)).exports.memory.buffer.byteLength;
  };
  expect(bytes(1)).toBe(65_536);
  expect(bytes(2_000)).toBeLessThan(8 * 1024 * 1024);
});

test("execution allocates nothing, not even for errors, zeros and verbose lines", () => {
  const host = new CallCounter(
    configOf([pair(0), pair(1, {}, OPTIONAL), pair(2, { data_type: "TYPE_STRING" }, OPTIONAL)], {
      max_batch_size: 8,
    }),
  );
  host.verbose = 1;
  const size = host.exports.memory.buffer.byteLength;
  const batches = [
    [
      ["INPUT0", "INPUT1"],
      ["OUTPUT0", "OUTPUT1"],
    ],
    [["INPUT0"], ["OUTPUT0", "OUTPUT1"]],
    [["INPUT1"], ["OUTPUT0"]],
    [[], ["OUTPUT1"]],
    [["INPUT0"], ["OUTPUT2"]],
    [["INPUT0"], ["UNKNOWN"]],
  ] as const;
  for (let round = 0; round < 20_000; round++) {
    [host.inputs, host.outputs] = batches[round % batches.length]!;
    host.execute();
  }
  expect(host.exports.memory.buffer.byteLength).toBe(size);
});
