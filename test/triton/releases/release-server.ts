import {
  floatConfig,
  ModelRepository,
  pairsConfig,
  parameter,
} from "../../support/triton/repository.js";
import { TritonServer } from "../../support/triton/server.js";
import { configName, DATATYPE_NAMES } from "../../support/triton/tensors.js";
import {
  COPY_ALL,
  guest,
  IDENTITY_BACKEND,
  identityModule,
  REFUSE_ODD,
  WASM_BACKEND,
} from "../../support/wasm/guests.js";
import { batchesOf } from "../identity/support.js";

/** One optional pair per datatype, so that any of them fit into one request. */
const EVERY_DATATYPE = DATATYPE_NAMES.map((datatype, index) => ({
  index,
  type: configName(datatype),
  dims: [-1, -1],
  input: "optional: true",
}));

export const DEADLINE_MS = 300;
const DEADLINE = parameter("wasm_execute_deadline_ms", String(DEADLINE_MS));

const whenFloats = (count: number, then: string) =>
  `(if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const ${4 * count})) (then ${then}))`;

/** By the number of floats (or of as many bytes) in the first request: 2 trap, 3 never return, 4 fail, 5 log; any are copied. */
const BY_SIZE = `
  ${whenFloats(2, "unreachable")}
  ${whenFloats(3, "(loop $for_ever (br $for_ever))")}
  ${whenFloats(4, "(return (i32.const 3))")}
  ${whenFloats(5, "(drop (call $log (i32.const 2) (i32.const 16) (i32.const 17)))")}
  ${COPY_ALL} (i32.const 0)`;

/** The models that the checks of a release work with. */
export function releaseModels(): ModelRepository {
  const repository = new ModelRepository();
  const identity = { "model.wasm": identityModule() };
  const bySize = { "model.wasm": guest(BY_SIZE) };
  const decoupled = "model_transaction_policy { decoupled: true }";
  repository.add("plain", pairsConfig("wasm", EVERY_DATATYPE), identity);
  repository.add("batching", pairsConfig("identity", EVERY_DATATYPE, { maxBatchSize: 8 }));
  repository.add("refuse_odd", floatConfig("wasm", batchesOf(4), 8), {
    "model.wasm": guest(REFUSE_ODD),
  });
  repository.add("by_size", floatConfig("wasm", DEADLINE), bySize);
  repository.add(
    "decoupled",
    pairsConfig("wasm", [{ index: 0, type: "TYPE_STRING", dims: [1] }], {
      extra: `${decoupled} ${DEADLINE}`,
    }),
    bySize,
  );
  repository.add("cycles", floatConfig("wasm"), identity);
  repository.add("broken", floatConfig("wasm"), { "model.wasm": Buffer.from("no") });
  repository.add("misconfigured", floatConfig("identity", parameter("execute_delay_ms", "soon")));
  return repository;
}

/** A stock server of `release` with both backends of ours, and the models of both that are always loaded. */
export async function startRelease(
  release: string,
  models: ModelRepository,
): Promise<TritonServer> {
  const server = await TritonServer.start({
    release,
    modelRepository: models.folder,
    backends: [WASM_BACKEND, IDENTITY_BACKEND],
  });
  // Up to 24.03 two Python-based backends that load at once would give their regions the same names.
  await server.http.load("batching");
  await Promise.all(["plain", "refuse_odd", "by_size"].map((model) => server.http.load(model)));
  return server;
}
