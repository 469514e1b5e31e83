import { completedConfig } from "../../host/config/completion.js";
import { COMPLETED_BATCH_SIZE_MAX, COMPLETED_TENSORS_MAX } from "../../host/limits.js";

/** What the server hands over, shortened. */
const BEFORE = {
  name: "model",
  backend: "wasm",
  max_batch_size: 0,
  input: [],
  output: [],
  instance_group: [{ name: "model", kind: "KIND_CPU", count: 1 }],
  parameters: {},
};
const TEXT = JSON.stringify(BEFORE);
const TENSOR = { name: "INPUT0", data_type: "TYPE_FP32", dims: [-1, 4] };

const complete = (fields: object) => JSON.parse(completedConfig(TEXT, JSON.stringify(fields)));
const refusal = (fields: object | string) => {
  const text = typeof fields === "string" ? fields : JSON.stringify(fields);
  try {
    completedConfig(TEXT, text);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
};

test("without changes by the model, the server's text stays as it is", () => {
  expect(completedConfig(TEXT, TEXT)).toBe(TEXT);
  expect(completedConfig(TEXT, "{}")).toBe(TEXT);
  expect(completedConfig(`${TEXT} `, JSON.stringify({ name: "model" }))).toBe(`${TEXT} `);
});

test("a model may complete what the helpers of NVIDIA's Python backend set", () => {
  const fields = {
    max_batch_size: 8,
    input: [{ ...TENSOR, optional: true, reshape: { shape: [4] }, format: "FORMAT_NONE" }],
    output: [{ ...TENSOR, name: "OUTPUT0", label_filename: "" }],
    dynamic_batching: { preferred_batch_size: [4, 8], max_queue_delay_microseconds: 100 },
    model_transaction_policy: { decoupled: true },
  };
  expect(complete(fields)).toEqual({ ...BEFORE, ...fields });
  expect(complete({ dynamic_batching: {} })).toEqual({ ...BEFORE, dynamic_batching: {} });
});

test("fields that the model omits stay as they are", () => {
  expect(complete({ max_batch_size: 4 })).toEqual({ ...BEFORE, max_batch_size: 4 });
});

test.each([
  ["sequence_batching", { sequence_batching: { oldest: { max_candidate_sequences: 2e9 } } }],
  ["instance_group", { instance_group: [{ count: 10_000 }] }],
  ["parameters", { parameters: { wasm_memory_max_bytes: { string_value: "1" } } }],
  ["backend", { backend: "python" }],
  ["name", { name: "other" }],
  ["default_model_filename", { default_model_filename: "$(id)" }],
  ["model_warmup", { model_warmup: [{}] }],
  ["response_cache", { response_cache: { enable: true } }],
  ["__proto__", JSON.parse('{"__proto__": {"a": 1}}')],
  ["dynamic_batching.priority_levels", { dynamic_batching: { priority_levels: 2e9 } }],
  ["dynamic_batching.default_queue_policy", { dynamic_batching: { default_queue_policy: {} } }],
  ["input[0].label", { input: [{ ...TENSOR, label: "x" }] }],
  ["model_transaction_policy.more", { model_transaction_policy: { more: 1 } }],
])("finding 1: a model may not complete %s", (field, fields) => {
  const message = refusal(fields);
  expect(message).toContain(
    `the model completes its configuration with ${field}, but a model may only complete `,
  );
  expect(message).toContain("write other fields into config.pbtxt");
});

test.each<[string, object]>([
  ["max_batch_size = 65537", { max_batch_size: COMPLETED_BATCH_SIZE_MAX + 1 }],
  ["max_batch_size = -1", { max_batch_size: -1 }],
  ["max_batch_size = 1.5", { max_batch_size: 1.5 }],
  ['max_batch_size = "8"', { max_batch_size: "8" }],
  ["max_batch_size = null", { max_batch_size: null }],
  ["input = an object", { input: {} }],
  ["input = a list of 1025", { input: new Array(COMPLETED_TENSORS_MAX + 1).fill(TENSOR) }],
  ['input[0] = "INPUT0"', { input: ["INPUT0"] }],
  ['input[0].name = ""', { input: [{ ...TENSOR, name: "" }] }],
  ['input[0].name = "a\\nb"', { input: [{ ...TENSOR, name: "a\nb" }] }],
  ["input[0].data_type", { input: [{ ...TENSOR, data_type: "TYPE_INVALID" }] }],
  ["input[0].dims[1] = -2", { input: [{ ...TENSOR, dims: [1, -2] }] }],
  ["input[0].dims[0] = 9007199254740991", { input: [{ ...TENSOR, dims: [2 ** 53 - 1] }] }],
  ["output[0].label_filename", { output: [{ ...TENSOR, label_filename: "../../etc/passwd" }] }],
  ["output[0].optional = 1", { output: [{ ...TENSOR, optional: 1 }] }],
  [
    "dynamic_batching.max_queue_delay_microseconds",
    { dynamic_batching: { max_queue_delay_microseconds: 60_000_001 } },
  ],
  [
    "dynamic_batching.preferred_batch_size[0] = 0",
    { dynamic_batching: { preferred_batch_size: [0] } },
  ],
  ["dynamic_batching = true", { dynamic_batching: true }],
])("finding 1: a value that is out of bounds is named: %s", (named, fields) => {
  expect(refusal(fields)).toContain(`the model completes its configuration with ${named}`);
  expect(refusal(fields)).toContain(": it must be ");
});

test("the bounds themselves are allowed", () => {
  const fields = {
    max_batch_size: COMPLETED_BATCH_SIZE_MAX,
    input: new Array(COMPLETED_TENSORS_MAX).fill(TENSOR),
    dynamic_batching: { max_queue_delay_microseconds: 60_000_000, preserve_ordering: true },
  };
  expect(complete(fields)).toEqual({ ...BEFORE, ...fields });
});

test.each(["{nothing}", "", "[1]", "1", "null", '"text"', `${"[".repeat(100_000)}`])(
  "a text that is not a JSON object is refused: %.20s",
  (text) => {
    expect(refusal(text)).toMatch(/with (a text that is not JSON|JSON that is not an object)/);
  },
);

test("64-bit numbers that the model does not complete keep the server's text", () => {
  const text =
    '{"name":"a\\"},{[\\\\","max_batch_size":4,"input":[{"name":"I","dims":[9007199254740993,{"x":[]}]}],' +
    '"dynamic_batching":{"default_queue_policy":{"default_timeout_microseconds":18446744073709551615}},"parameters":{}}';
  expect(completedConfig(text, '{"max_batch_size":8}')).toBe(text.replace('size":4', 'size":8'));
  expect(completedConfig(text, '{"output":[]}')).toBe(`${text.slice(0, -1)},"output":[]}`);
  expect(completedConfig("{ }", '{"max_batch_size":8}')).toBe('{"max_batch_size":8}');
});

test("a name that is not valid UTF-8 is refused: a server up to 24.04 would wait forever", () => {
  const halves = ["\ud800", "a\udc00", "\udc00\ud800"];
  for (const name of halves) {
    expect(refusal({ input: [{ ...TENSOR, name }] })).toMatch(/input\[0\]\.name = /);
  }
  expect(complete({ input: [{ ...TENSOR, name: "🙂" }] }).input[0].name).toBe("🙂");
});

test("the error keeps its end, even if the refused fields are long or deeply nested", () => {
  const depth = 100_000;
  const nested = (open: string, inner: string, close: string) =>
    open.repeat(depth) + inner + close.repeat(depth);
  const texts = [
    JSON.stringify({ ["x".repeat(500_000)]: 1 }),
    JSON.stringify(
      Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`x${index}`, 1])),
    ),
    `{"dynamic_batching":${nested('{"a":', "1", "}")}}`,
  ];
  for (const text of texts) expect(refusal(text)).toMatch(/write other fields into config\.pbtxt$/);
  expect(refusal(`{"max_batch_size":${nested("[", "", "]")}}`)).toBe(
    "the model completes its configuration with max_batch_size = a list of 1: it must be a whole number from 0 to 65536",
  );
});
