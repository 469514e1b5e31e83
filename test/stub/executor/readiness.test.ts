import { afterEach, expect, test } from "@jest/globals";
import { broadcastCondition, initCondition } from "../../../host/libc/condition.js";
import { initMutex, lockMutex, unlockMutex } from "../../../host/libc/mutex.js";
import { addressOf, type Handle } from "../../../host/numbers.js";
import { objectAt } from "../../../host/shm/ownership.js";
import { COMMAND_STATE } from "../../../host/stub/shared/mapping-table.js";
import { structOf } from "../../../host/wire/layout.js";
import type { Readiness } from "../../../host/wire/records/readiness.js";
import { sdkModules } from "../../guest/sdks/models.js";
import { endChildren } from "../../support/child.js";
import { ExecutorGuard, endExecutors } from "../../support/region/executor-process.js";
import { ExecutorServer } from "../../support/region/executor-server.js";
import { closeRegions } from "../../support/region/parent-region.js";
import { HANG_MS, until } from "../../support/wait.js";
import { COPY_ALL, guest } from "../../support/wasm/guests.js";

const RELEASE = "26.03";
const EXECUTE = `${COPY_ALL} (i32.const 0)`;
/** Is ready, is not ready, returns a wrong number, and traps. */
const ASKED = guest(
  EXECUTE,
  `(global $calls (mut i32) (i32.const 0))
   (func (export "triton_is_ready") (result i32)
     (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
     (if (i32.eq (global.get $calls) (i32.const 1)) (then (return (i32.const 1))))
     (if (i32.eq (global.get $calls) (i32.const 2)) (then (return (i32.const 0))))
     (if (i32.eq (global.get $calls) (i32.const 3)) (then (return (i32.const 7))))
     (unreachable))`,
);
const UNASKED = guest(EXECUTE);

afterEach(async () => {
  await endExecutors();
  await endChildren();
  closeRegions();
});

/** A server of 26.03 whose model is loaded. */
async function loaded(module: Uint8Array, release = RELEASE) {
  const server = new ExecutorServer(release);
  await server.monitorSide();
  const { parent } = server;
  const guard = new ExecutorGuard({ parent, release, module });
  guard.start();
  server.initialize();
  server.answer();
  server.token();
  await guard.reached("command", COMMAND_STATE.waiting);
  return { server, guard };
}

/** Place of the flag in the control block by which the server knows that it may ask. */
function flagAt({ parent }: ExecutorServer): number {
  const [at] = structOf(parent.layout, "IPCControlShm").fields.stub_has_user_model_readiness_fn!;
  return objectAt(parent.controlHandle as Handle) + at;
}

/** Asks as the server does when a client wants to know. */
async function ask({ parent, dialect }: ExecutorServer): Promise<Readiness> {
  const { heap, writer, reader, region } = parent;
  const codec = dialect.readiness!;
  const { size } = structOf(parent.layout, "UserModelReadinessMessage");
  const record = parent.construct(size) as Handle;
  const { message, mutexAt, conditionAt } = heap.locked(() =>
    dialect.message.encodeInlineLocked(writer, dialect.readinessCommand!, record),
  );
  const [mutex, condition] = [addressOf(region.base, mutexAt), addressOf(region.base, conditionAt)];
  initMutex(mutex);
  initCondition(condition);
  parent.queue("parent_to_stub_mq").push(message, HANG_MS);
  const flag = codec.flagOf(reader, record);
  await until("an answer", () => region.view.getUint8(flag) !== 0);
  const answer = codec.decode(reader, record);
  lockMutex(mutex, "the mutex of a question");
  region.view.setUint8(flag, 0);
  unlockMutex(mutex, "the mutex of a question");
  broadcastCondition(condition);
  return answer;
}

test("a model with triton_is_ready lets the server ask, and answers with its result or its error", async () => {
  const { server, guard } = await loaded(ASKED);
  expect(server.parent.region.view.getUint8(flagAt(server))).toBe(1);
  const functionExists = true;
  expect(await ask(server)).toEqual({ isReady: true, functionExists, error: undefined });
  expect(await ask(server)).toEqual({ isReady: false, functionExists, error: undefined });
  expect(await ask(server)).toEqual({
    isReady: false,
    functionExists,
    error: expect.stringMatching(/triton_is_ready returned 7: it must return 1 if/),
  });
  expect(await ask(server)).toEqual({
    isReady: false,
    functionExists,
    error: expect.stringMatching(/^the model trapped in triton_is_ready: unreachable/),
  });
  // The next guest counts from the beginning, and batches are served.
  expect(await ask(server)).toEqual({ isReady: true, functionExists, error: undefined });
  server.execute([[7]]);
  const { message } = server.answer();
  expect(server.read.batchError(message)).toBeUndefined();
  server.token();
  await guard.reached("command", COMMAND_STATE.waiting);
});

test("a model without triton_is_ready is ready: the server does not ask, and would get this answer", async () => {
  const { server } = await loaded(UNASKED);
  const { view } = server.parent.region;
  expect(view.getUint8(flagAt(server))).toBe(0);
  view.setUint8(flagAt(server), 1);
  expect(await ask(server)).toEqual({ isReady: true, functionExists: false, error: undefined });
});

test("a release before 26.03 does not know the export, and the model serves", async () => {
  const { server } = await loaded(ASKED, "25.12");
  server.execute([[7]]);
  expect(server.read.batchError(server.answer().message)).toBeUndefined();
});

test.each(sdkModules("test/guest/sdks"))(
  "a model with the SDK of %s decides whether it is ready",
  async (_language, module) => {
    const { server, guard } = await loaded(module);
    expect(server.parent.region.view.getUint8(flagAt(server))).toBe(1);
    const functionExists = true;
    expect(await ask(server)).toEqual({ isReady: false, functionExists, error: undefined });
    server.execute([[7]]);
    expect(server.read.batchError(server.answer().message)).toBeUndefined();
    server.token();
    await guard.reached("command", COMMAND_STATE.waiting);
    expect(await ask(server)).toEqual({ isReady: true, functionExists, error: undefined });
  },
);
