import { parseArgs } from "node:util";
import { floatConfig, ModelRepository } from "../test/support/triton/repository.js";
import { floats } from "../test/support/triton/tensors.js";
import { guest, WASM_BACKEND } from "../test/support/wasm/guests.js";
import { TritonServer } from "./harness.js";
import { type Spread, spreadOf } from "./statistics.js";

/** Maximum of a call without data in nanoseconds (median of the rounds). */
const LIMIT_NS = 150;
const CALLS_PER_ROUND = 2_000_000;

const HELP = `Measures the time of one call of a host function, in a real server. The exit code is 1 when the median of a call without
data is above ${LIMIT_NS} ns.

  --rounds N   number of rounds (default 7)
  --help       print this text
`;

/** Names and calls. A call leaves nothing on the stack. */
const WITHOUT_DATA = {
  request_count: "(drop (call $request_count))",
  input_count: "(drop (call $input_count (i32.const 0)))",
  input_byte_size: "(drop (call $input_byte_size (i32.const 0) (i32.const 0)))",
  input_datatype: "(drop (call $input_datatype (i32.const 0) (i32.const 0)))",
  output_count: "(drop (call $output_count (i32.const 0)))",
  request_flags: "(drop (call $request_flags (i32.const 0)))",
  log_enabled: "(drop (call $log_enabled (i32.const 3)))",
  clock: "(drop (call $clock (i32.const 1)))",
} as const;

const WITH_DATA = {
  "input_find, 6 bytes": "(drop (call $input_find (i32.const 0) (i32.const 480) (i32.const 6)))",
  "input_shape, 1 dimension":
    "(drop (call $input_shape (i32.const 0) (i32.const 0) (i32.const 600) (i32.const 1)))",
  "input_read, 12 bytes":
    "(drop (call $input_read (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 600) (i32.const 12)))",
} as const;

/** Measures the loop itself. */
const NOTHING = { nothing: "" } as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "7" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const rows = await measure(Number(values.rounds));
  for (const [name, { median, min, max }] of rows) {
    const numbers = [median, min, max].map((value) => value.toFixed(1).padStart(8));
    console.log(`${name.padEnd(26)}${numbers.join("")}`);
  }
  const slow = rows.filter(([name, { median }]) => name in WITHOUT_DATA && median > LIMIT_NS);
  for (const [name] of slow) console.error(`${name}: the median is above ${LIMIT_NS} ns`);
  process.exitCode = slow.length === 0 ? 0 : 1;
}

/** Nanoseconds of each call, without the loop around it. */
async function measure(rounds: number): Promise<[name: string, Spread][]> {
  const calls = Object.entries({ ...NOTHING, ...WITHOUT_DATA, ...WITH_DATA });
  const models = new Map(calls.map(([name, call]) => [name.replace(/\W.*/, ""), guestOf(call)]));
  const repository = new ModelRepository();
  for (const [model, module] of models) {
    repository.add(model, floatConfig("wasm"), { "model.wasm": module });
  }
  const server = await TritonServer.start({
    modelRepository: repository.folder,
    backends: [WASM_BACKEND],
    loadModels: [...models.keys()],
  });
  try {
    const taken = new Map<string, number[]>([...models.keys()].map((model) => [model, []]));
    for (let round = 0; round < rounds; round++) {
      const loop = await millisecondsOf(server, "nothing");
      for (const model of models.keys()) {
        const milliseconds = await millisecondsOf(server, model);
        taken.get(model)!.push(((milliseconds - loop) * 1e6) / CALLS_PER_ROUND);
      }
    }
    console.log(`${"ns per call".padEnd(26)}  median     min     max`);
    return calls.slice(1).map(([name]) => [name, spreadOf(taken.get(name.replace(/\W.*/, ""))!)]);
  } finally {
    await server.stop();
    repository.remove();
  }
}

/** A guest that calls a host function {@link CALLS_PER_ROUND} times, and returns the milliseconds that the calls took. */
function guestOf(call: string): Uint8Array {
  const now = "(call $clock (i32.const 1))";
  return guest(
    `(i64.store (i32.const 400) ${now})
     (loop $again ${call}
       (local.set $i (i32.add (local.get $i) (i32.const 1)))
       (br_if $again (i32.lt_u (local.get $i) (i32.const ${CALLS_PER_ROUND}))))
     (f32.store (i32.const 408) (f32.convert_i64_u
       (i64.div_u (i64.sub ${now} (i64.load (i32.const 400))) (i64.const 1000000))))
     (i64.store (i32.const 416) (i64.const 1))
     (drop (call $output_create (i32.const 0) (i32.const 0) (i32.const 11) (i32.const 416) (i32.const 1) (i32.const 4)))
     (drop (call $output_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 408) (i32.const 4)))
     (i32.const 0)`,
    `(data (i32.const 480) "INPUT0")`,
  );
}

async function millisecondsOf(server: TritonServer, model: string): Promise<number> {
  const { outputs } = await server.http.infer(model, [floats("INPUT0", [1, 2, 3])]);
  return Buffer.from(outputs[0]!.bytes).readFloatLE();
}

await main();
