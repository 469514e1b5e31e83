import type { TableRequest } from "../support/wasm/table-services.js";
import { configOf, load, OPTIONAL, pair } from "./identity-guest.js";

const ERROR = 2;
const VERBOSE = 3;

function linesOf(requests: readonly TableRequest[], verbose = true): string[] {
  const guest = load(configOf([pair(0, {}, OPTIONAL), pair(1, {}, OPTIONAL)]), { verbose });
  const { lines } = guest.execute(...requests);
  for (const { level, message } of lines) {
    expect(level).toBe(message.endsWith(", error response sent") ? ERROR : VERBOSE);
  }
  return lines.map(({ message }) => message);
}

const REQUESTS: readonly TableRequest[] = [
  {
    inputs: [
      { name: "INPUT1", datatype: 13, shape: [], byteSize: 0 },
      { name: "INPUT0", datatype: 11, shape: [1, 5], byteSize: 20 },
    ],
    outputs: ["OUTPUT0", "OUTPUT1"],
    id: "first é",
    correlationId: 18_446_744_073_709_551_615n,
  },
  { inputs: [{ name: "INPUT0", byteSize: 7 }], outputs: ["OUTPUT1"], correlationId: "a text" },
  { inputs: [], outputs: ["OUTPUT1"] },
];

const FAILURE = "request 1: failed to read request input/output counts, error response sent";

test("without verbose logging only failures are logged", () => {
  expect(linesOf(REQUESTS, false)).toEqual([FAILURE]);
});

test("findings 30 and 42: each request has its line, and each copied tensor two, of which zeros have none, as NVIDIA writes them", () => {
  expect(linesOf(REQUESTS)).toEqual([
    'request 0: id = "first é", correlation_id = 18446744073709551615, input_count = 2, requested_output_count = 2',
    "\tinput INPUT0: datatype = FP32, shape = [1,5], byte_size = 20, buffer_count = 1",
    "\trequested_output OUTPUT0",
    "\tinput INPUT1: datatype = BYTES, shape = [], byte_size = 0, buffer_count = 0",
    "\trequested_output OUTPUT1",
    FAILURE,
    'request 2: id = "", correlation_id = 0, input_count = 0, requested_output_count = 1',
  ]);
});

test("finding 30: a request that fails has a line of the level of errors, as NVIDIA writes it", () => {
  const BYTES = 13;
  const bytes = { data_type: "TYPE_STRING" };
  const guest = load(
    configOf([pair(0), pair(1, bytes, OPTIONAL), pair(2, {}, OPTIONAL)], { max_batch_size: 4 }),
  );
  guest.services.withoutMemory.add(3).add(4);
  const inputs = ["INPUT2"];
  const { lines } = guest.execute(
    { inputs, outputs: ["OUTPUT0"] },
    { inputs, outputs: ["OUTPUT1"] },
    { inputs: [], outputs: ["OUTPUT2"] },
    { inputs, outputs: ["OUTPUT2"] },
    { inputs: [{ name: "INPUT1", datatype: BYTES }], outputs: ["OUTPUT2"] },
    { inputs: [{ name: "INPUT1", datatype: BYTES, shape: [-1] }], outputs: ["OUTPUT2"] },
    { inputs, outputs: ["OUTPUT2"] },
  );
  expect(lines).toEqual(
    [
      "request 0: failed to get input 'INPUT0', error response sent",
      "request 1: failed to create output buffer, error response sent",
      "request 2: failed to read input, error response sent",
      "request 3: failed to create output buffer, error response sent",
      "request 4: failed to create output buffer, error response sent",
      "request 5: failed to create output buffer, error response sent",
    ].map((message) => ({ level: ERROR, message })),
  );
});

test("the lines of a tensor are logged before its copy, which may fail", () => {
  const guest = load(configOf([pair(0)]), { verbose: true });
  guest.services.withoutMemory.add(0);
  const { events } = guest.execute({ inputs: ["INPUT0"], outputs: ["OUTPUT0"] });
  expect(events.slice(2)).toEqual([
    "log 3: \tinput INPUT0: datatype = FP32, shape = [1], byte_size = 4, buffer_count = 1",
    "log 3: \trequested_output OUTPUT0",
    "error 0: no memory",
    "log 2: request 0: failed to create output buffer, error response sent",
    "input_byte_size_counter += 4",
  ]);
});

test("data types have the names that clients use", () => {
  const types = Array.from({ length: 15 }, (_, datatype) => datatype).concat(15, -1);
  const guest = load(configOf([pair(0)]), { verbose: true });
  const { lines } = guest.execute(
    ...types.map((datatype) => ({
      inputs: [{ name: "INPUT0", datatype }],
      outputs: ["OUTPUT0"],
    })),
  );
  const names = lines.flatMap(({ message }) => /datatype = (\w+)/.exec(message)?.[1] ?? []);
  expect(names.join(" ")).toBe(
    "INVALID BOOL UINT8 UINT16 UINT32 UINT64 INT8 INT16 INT32 INT64 FP16 FP32 FP64 BYTES BF16 INVALID INVALID",
  );
});

test("sizes above 2 GiB and 64-bit dimensions are shown without changes", () => {
  const shape = [2n ** 63n - 1n, -(2n ** 63n), 0];
  const [, line] = linesOf([
    { inputs: [{ name: "INPUT0", shape, byteSize: 0xffff_ffff }], outputs: ["OUTPUT0"] },
  ]);
  expect(line).toContain(
    "shape = [9223372036854775807,-9223372036854775808,0], byte_size = 4294967295,",
  );
});

test("an id or a shape that is too long for a line is cut off, and no other memory changes", () => {
  const shape = Array.from({ length: 1_000 }, () => 1);
  const lines = linesOf([
    { inputs: [{ name: "INPUT0", shape }], outputs: ["OUTPUT0"], id: "i".repeat(50_000) },
    { inputs: [], outputs: [], id: "short" },
  ]);
  expect(lines[0]).toMatch(/^request 0: id = "i{8000,}$/);
  expect(lines[0]!.length).toBe(8_192);
  expect(lines[1]).toContain(`shape = [${shape.slice(0, 64)}], byte_size = 4,`);
  expect(lines[3]).toContain('request 1: id = "short", correlation_id = 0, input_count = 0,');
});
