import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  floatConfig,
  instances,
  ModelRepository,
  parameter,
} from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** Makes a counter of the text at `at` at load. */
const open = (at: number, length: number) => `
  (func (export "triton_initialize") (result i32)
    (drop (call $metric_new (i32.const 0) (i32.const ${at}) (i32.const ${length}) (i32.const 16) (i32.const 17)))
    (i32.const 0))`;
const NAME = `(data (i32.const 100) "guest_things")`;
const ADD = "(drop (call $metric_add (i32.const 0) (f64.const 2.5)))";

/** A metric whose help is what a strict parser of the metrics page stumbles over. */
const HELPED = `(data (i32.const 100) "helped") (data (i32.const 200) "C:\\\\new \\\\q \\22x\\22 \\0a# TYPE forged counter")
  (func (export "triton_initialize") (result i32)
    (drop (call $metric_new (i32.const 1) (i32.const 100) (i32.const 6) (i32.const 200) (i32.const 36)))
    (i32.const 0))`;

const repository = new ModelRepository();
let server: TritonServer;

beforeAll(async () => {
  const add = (name: string, config: string, body: string, more: string) =>
    repository.add(name, config, { "model.wasm": guest(body, more) });
  const copies = `${COPY_ALL} (i32.const 0)`;
  const counts = `${ADD} ${COPY_ALL} (i32.const 0)`;
  add("counts", floatConfig("wasm", instances(2)), counts, NAME + open(100, 12));
  add("reserved", floatConfig("wasm"), copies, `(data (i32.const 100) "nv_x")${open(100, 4)}`);
  add("misnamed", floatConfig("wasm"), copies, `(data (i32.const 100) "a b")${open(100, 3)}`);
  add("helped", floatConfig("wasm"), copies, HELPED);
  // By size of the input: 2 floats trap, 3 never return, 4 fail; counted before that in any case.
  const fails = `${ADD}
    (if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 8)) (then unreachable))
    (if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 12))
      (then (loop $for_ever (br $for_ever))))
    (if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 16))
      (then (return (i32.const 1))))
    ${COPY_ALL} (i32.const 0)`;
  const limit = parameter("wasm_execute_deadline_ms", "300");
  add("fails", floatConfig("wasm", limit), fails, NAME + open(100, 12));
  server = await TritonServer.start({
    modelRepository: repository.folder,
    loadModels: ["counts", "fails"],
    backends: [WASM_BACKEND],
  });
});

afterAll(async () => {
  await server?.stop();
  repository.remove();
});

const ones = (count: number) => [floats("INPUT0", Array(count).fill(1))];

async function figure(model: string): Promise<number | undefined> {
  const line = new RegExp(`^guest_things\\{model="${model}",version="1"\\} (.*)$`, "m");
  const value = line.exec(await server.http.metrics())?.[1];
  return value === undefined ? undefined : Number(value);
}

test("a guest's counter has the model's labels, and all instances count into one", async () => {
  expect(await figure("counts")).toBe(0);
  await Promise.all(Array.from({ length: 40 }, () => server.http.infer("counts", ones(1))));
  await until("100", async () => (await figure("counts")) === 100);
  expect(await server.http.metrics()).toContain("# HELP guest_things said by the guest\n");
});

test("what a guest has counted before it fails is counted, but for a guest that was stopped; a fresh one counts on", async () => {
  expect(await server.http.inferError("fails", ones(2))).toContain("trapped");
  expect(await server.http.inferError("fails", ones(4))).toContain("failed with status 1");
  expect(await server.http.inferError("fails", ones(3))).toContain("wasm_execute_deadline_ms");
  await server.http.infer("fails", ones(1));
  await until("7.5", async () => (await figure("fails")) === 7.5);
});

test("unloading takes the counter away, and loading again begins at 0", async () => {
  for (let round = 0; round < 2; round++) {
    await server.http.unload("counts");
    await until("no counter", async () => (await figure("counts")) === undefined);
    await server.http.load("counts");
    expect(await figure("counts")).toBe(0);
  }
});

test.each([
  [
    "reserved",
    /^W.*metric 'nv_x' was refused: names that begin with nv_ are reserved; use another name/m,
  ],
  ["misnamed", /^W.*metric 'a b' was refused: a metric's name must begin with a letter/m],
])(
  "finding 43: '%s' loads and serves without its metric, and the log says why",
  async (model, reason) => {
    await server.http.load(model);
    await server.http.infer(model, ones(1));
    await server.waitForLog(reason);
    expect(await server.http.metrics()).not.toMatch(/^(nv_x|a b)/m);
  },
);

test("finding 11: a metric's help has no backslash but escaped ones, and is one line", async () => {
  await server.http.load("helped");
  const page = await server.http.metrics();
  expect(page).toContain(
    '# HELP helped C:\\\\new \\\\q "x"  # TYPE forged counter\n# TYPE helped gauge\n',
  );
  // What the exposition format takes: comments, and samples.
  for (const line of page.trimEnd().split("\n")) {
    expect(line).toMatch(
      /^(# (HELP \w+ ([^\\]|\\\\|\\n)*|TYPE \w+ (counter|gauge|summary|histogram|untyped))|[a-zA-Z_:][\w:]*(\{[^{}]*\})? \S+)$/,
    );
  }
});
