/**
 * A program that runs the stub's code on one request of each given size, in one process that never waits. It prints the time of each step
 * as JSON, in nanoseconds. It runs in the stub's Node with the stub's flags.
 */
import { join } from "node:path";
import type { Endpoint } from "../../host/channel/endpoint.js";
import { openModelFile } from "../../host/guest/model-file.js";
import { loadGuestModule } from "../../host/guest/module.js";
import type { ModelServices } from "../../host/guest/services.js";
import { GuestHistory } from "../../host/sandbox/guest-history.js";
import { GuestLife } from "../../host/sandbox/guest-life.js";
import { OWNERSHIP_BYTES } from "../../host/shm/ownership.js";
import { CommandAnswers } from "../../host/stub/answers/command-answers.js";
import type { Responses } from "../../host/stub/answers/responses.js";
import { Batch } from "../../host/stub/batch/batch.js";
import { Mapping } from "../../host/stub/shared/mapping.js";
import { LOG_LEVEL } from "../../host/wire/log-levels.js";
import { RequestBatchRecord } from "../../host/wire/records/request-batch.js";
import { TableCalls } from "../../test/support/wasm/table-calls.js";
import { projectFolder } from "../harness.js";
import { ParentHalf } from "./parent-half.js";
import type { StepTimes } from "./profile-results.js";
import { Stopwatch } from "./stopwatch.js";

const WARM_UP = 300;
const TIMED = 1_000;
const MIN_TIMED = 30;
/** Bytes that are copied for each size: larger tensors are copied fewer times, so that no size takes more than a few seconds. */
const COPIED_BYTES = 4 * 2 ** 30;
const WAIT_MS = 1_000;
const ROOM_BYTES = 4 * 2 ** 20;

const PAIR = { data_type: "TYPE_FP32", dims: ["-1"] };
const MODEL_CONFIG = JSON.stringify({
  name: "profile",
  max_batch_size: 0,
  input: [{ name: "INPUT0", ...PAIR, optional: false }],
  output: [{ name: "OUTPUT0", ...PAIR }],
  parameters: {},
});

class CopyFreeBatch extends Batch {
  override copyInputToOutput(): boolean {
    return true;
  }
}

function measure(bytes: number): StepTimes {
  const parent = new ParentHalf(2 * bytes + ROOM_BYTES);
  try {
    const message = parent.makeMessage(bytes);
    const mapping = Mapping.unshared();
    const { endpoint, journal } = parent.connect(mapping);
    const { responses } = new CommandAnswers({
      endpoint,
      journal,
      mapping,
      instanceName: "profile",
      logger: { log() {} },
    });
    const rounds = Math.max(MIN_TIMED, Math.min(TIMED, Math.floor(COPIED_BYTES / bytes)));
    const whole = timeRequests(parent, endpoint, responses, message, rounds);
    parent.renewRequest();
    const guest = timeGuest(endpoint, message, rounds);
    const copy = timeCopy(endpoint, message, bytes, rounds);
    const outputBlock = Math.max(0, whole.ns("execute") - guest - copy);
    return {
      bytes,
      takeCommand: whole.ns("takeCommand"),
      decode: whole.ns("decode"),
      guest,
      outputBlock,
      copy,
      answer: whole.ns("answer"),
      takeToken: whole.ns("takeToken"),
      drop: whole.ns("drop"),
    };
  } finally {
    parent.close();
  }
}

type Lap = "takeCommand" | "decode" | "execute" | "answer" | "takeToken" | "drop";

/** Times the executor's work on requests. The server's part is done in between, and not timed. */
function timeRequests(
  parent: ParentHalf,
  endpoint: Endpoint,
  responses: Responses,
  message: number,
  rounds: number,
): Stopwatch<Lap> {
  const { dialect, reader, control, heap } = endpoint;
  const commands = parent.queue(control.stubMessageQueue);
  const answers = parent.queue(control.parentMessageQueue);
  const batch = new Batch(endpoint);
  const guest = identityGuest(batch);
  let watch = new Stopwatch<Lap>();
  for (let round = -warmUp(rounds); round < rounds; round++) {
    if (round === 0) watch = new Stopwatch<Lap>();
    parent.renewRequest();
    commands.push(message, WAIT_MS);
    watch.start();
    const handle = endpoint.takeCommand();
    heap.followGrowth();
    watch.lap("takeCommand");
    const { args } = dialect.message.decode(reader, handle);
    batch.decode(args);
    watch.lap("decode");
    guest.execute();
    watch.lap("execute");
    responses.send(batch);
    watch.lap("answer");
    answers.pop(WAIT_MS);
    commands.push(0, WAIT_MS);
    watch.start();
    endpoint.takeToken();
    watch.lap("takeToken");
    heap.command.close();
    watch.lap("drop");
  }
  return watch;
}

function timeGuest(endpoint: Endpoint, message: number, rounds: number): number {
  const batch = new CopyFreeBatch(endpoint);
  const guest = identityGuest(batch);
  batch.decode(endpoint.dialect.message.decode(endpoint.reader, message).args);
  const watch = new Stopwatch<"guest">();
  for (let round = -WARM_UP; round < rounds; round++) {
    watch.start();
    guest.execute();
    if (round >= 0) watch.lap("guest");
  }
  return watch.ns("guest");
}

/** Times only the copy, between blocks whose pages are mapped. */
function timeCopy(endpoint: Endpoint, message: number, bytes: number, rounds: number): number {
  const { heap, dialect, reader } = endpoint;
  const batch = new RequestBatchRecord();
  const { args } = dialect.message.decode(reader, message);
  dialect.requestBatch.decode(reader, args, batch);
  const source = batch.requests[0]!.inputs[0]!.dataAt;
  heap.lock();
  const target = heap.constructLocked(bytes) + OWNERSHIP_BYTES;
  heap.unlock();
  const watch = new Stopwatch<"copy">();
  for (let round = -warmUp(rounds); round < rounds; round++) {
    watch.start();
    heap.core.copyBytes(target, source, bytes);
    if (round >= 0) watch.lap("copy");
  }
  heap.command.close();
  return watch.ns("copy");
}

/** Rounds before the timing. A large tensor needs fewer of them until the code is optimised and the caches are warm. */
function warmUp(rounds: number): number {
  return Math.min(WARM_UP, rounds);
}

/** The services of the model. Metrics and log lines are dropped. */
const MODEL: ModelServices = {
  ordinal: 0,
  environment: {},
  files: undefined,
  config: { name: "", maxBatchSize: 0, inputs: [], outputs: [], parameters: new Map() },
  graphs: new Map(),
  argument: (key) => (key === "model_config" ? MODEL_CONFIG : ""),
  log() {},
  logEnabled: (level) => level !== LOG_LEVEL.verbose,
  fillRandom() {},
  newMetric: () => 0,
  metricCount: () => 1,
  metricKind: () => 0,
  addToMetric() {},
  setMetric() {},
  createMetric: () => 0,
  observeMetric() {},
  metricValue: () => 0,
  deleteMetric() {},
  setModelConfig() {},
  loadModel() {},
  unloadModel() {},
  isModelReady: () => false,
};

function identityGuest(batch: Batch): GuestLife {
  const file = join(projectFolder(), "dist", "wasm", "identity.wasm");
  const life = new GuestLife({
    module: loadGuestModule(openModelFile(file), {
      memoryMaxPages: 16,
      tableMaxEntries: 1,
      moduleMaxBytes: 1e6,
    }),
    services: { model: MODEL, batch, calls: new TableCalls() },
    timer: { begin() {}, end() {} },
    history: new GuestHistory(),
    limits: { initializeDeadlineMs: 0, executeDeadlineMs: 0, failuresMax: 1 },
    observer: { failed() {}, restarted() {}, memory() {} },
    restarts: 0,
    lastFailure: undefined,
  });
  life.initialize();
  return life;
}

console.log(JSON.stringify(process.argv.slice(2).map((size) => measure(Number(size)))));
