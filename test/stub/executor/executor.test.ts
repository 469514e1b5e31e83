import { afterEach, describe, expect, test } from "@jest/globals";
import { COMMAND_STATE, EXCHANGE, INSTANCE } from "../../../host/stub/shared/mapping-table.js";
import { endChildren } from "../../support/child.js";
import { ExecutorGuard, endExecutors } from "../../support/region/executor-process.js";
import { ExecutorServer } from "../../support/region/executor-server.js";
import { closeRegions } from "../../support/region/parent-region.js";
import { COPY_ALL, guest } from "../../support/wasm/guests.js";

/** Of the eras in which the responses of a model that is not decoupled travel in the answer. */
const RELEASES = ["23.12", "26.03"];
const DIED = "the model's executor died: killed by signal 9 (SIGKILL)";
/** The blocks of an answer take more. Those of a request, which the tests leave, may each be some bytes larger than necessary. */
const SLACK_BYTES = 128;
/** Two floats make it endless, any other number is copied. */
const MODEL = guest(`
  (if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const 8))
    (then (loop $for_ever (br $for_ever))))
  ${COPY_ALL} (i32.const 0)`);
const BAD_LOAD = guest(
  "(i32.const 0)",
  '(func (export "triton_initialize") (result i32) (unreachable))',
);

afterEach(async () => {
  await endExecutors();
  await endChildren();
  closeRegions();
});

/** An executor of the packaged program, on the region of a server of this release with its side monitor. */
async function started(release: string, module = MODEL) {
  const server = new ExecutorServer(release);
  const monitor = await server.monitorSide();
  const { parent } = server;
  const guard = new ExecutorGuard({ parent, release, module });
  guard.start();
  return { server, monitor, guard };
}

/** The same, when its model is loaded. */
async function loaded(release: string) {
  const all = await started(release);
  all.server.initialize();
  all.server.answer();
  all.server.token();
  await all.guard.reached("command", COMMAND_STATE.waiting);
  return all;
}

/** Executes one request of one float. @returns the error of the batch, undefined when the float came back */
async function executes({
  server,
  guard,
}: Pick<Awaited<ReturnType<typeof started>>, "server" | "guard">): Promise<string | undefined> {
  server.execute([[7]]);
  const { sent, message } = server.answer();
  const error = server.read.batchError(message);
  await guard.reached("command", COMMAND_STATE.answered);
  if (error !== undefined) return error;
  const responses = sent.length > 0 ? sent : server.read.executeResponse(message).responses;
  expect(responses).toHaveLength(1);
  expect(Buffer.from(responses[0]!.outputs[0]!.data).readFloatLE()).toBe(7);
  return undefined;
}

describe.each(RELEASES)("on %s, an executor", (release) => {
  test("loads the model, executes batch after batch, and ends by itself when the instance goes", async () => {
    const { server, guard } = await started(release);
    server.initialize();
    const load = server.answer();
    expect(load.command).toBe("InitializeResponse");
    expect(server.dialect.initialize.decode(server.parent.reader, load.args)).toBeUndefined();
    expect(guard.mapping.get("instance")).toBe(INSTANCE.initialised);
    server.token();
    for (let turn = 0; turn < 3; turn++) {
      expect(await executes({ server, guard })).toBeUndefined();
      server.token();
      await guard.reached("command", COMMAND_STATE.waiting);
    }
    server.finalize();
    expect(server.answer().command).toBe("FinalizeResponse");
    expect(await guard.ended()).toEqual({ code: 0, signal: null });
  });

  test("that died in a call of the guest leaves a successor that fails the batch with the reason, and goes on", async () => {
    const all = await loaded(release);
    const { server, guard } = all;
    server.execute([[1, 2]]);
    await guard.reached("command", COMMAND_STATE.taken);
    await guard.kill();
    guard.start(DIED);
    const { message } = server.answer();
    expect(server.read.batchError(message)).toContain(DIED);
    server.token();
    await guard.reached("command", COMMAND_STATE.waiting);
    expect(await executes(all)).toBeUndefined();
  });

  test("that died between its answer and the server's token leaves a successor that takes the token, frees the answer, and goes on", async () => {
    const all = await loaded(release);
    const { server, guard } = all;
    const turn = async (beforeToken = async () => {}) => {
      const before = server.parent.allocated();
      expect(await executes(all)).toBeUndefined();
      await beforeToken();
      server.token();
      await guard.reached("command", COMMAND_STATE.waiting);
      return server.parent.allocated() - before;
    };
    const left = await turn();
    const leftAfterDeath = await turn(async () => {
      await guard.kill();
      guard.start(DIED);
      await guard.reached("ready", 1);
      expect(guard.mapping.get("command")).toBe(COMMAND_STATE.answered);
    });
    expect(leftAfterDeath).toBeLessThan(left + SLACK_BYTES);
    expect(await turn()).toBeLessThan(left + SLACK_BYTES);
  });

  test("reports a model that cannot be loaded, and ends when the server has read the answer", async () => {
    const { server, guard } = await started(release, BAD_LOAD);
    server.initialize();
    const { args, command } = server.answer();
    expect(command).toBe("InitializeResponse");
    expect(server.dialect.initialize.decode(server.parent.reader, args)).toMatch(/trap/);
    expect(guard.mapping.get("instance")).toBe(INSTANCE.failed);
    server.token();
    expect(await guard.ended()).toEqual({ code: 0, signal: null });
  });

  test("waits with the answer while the server is late with an exchange", async () => {
    const { server, monitor, guard } = await started(release);
    process.kill(monitor.pid, "SIGSTOP");
    server.initialize();
    await guard.reached("exchange", EXCHANGE.underWay);
    expect(server.hasAnswer()).toBe(false);
    process.kill(monitor.pid, "SIGCONT");
    expect(server.answer().command).toBe("InitializeResponse");
    expect(guard.mapping.get("exchange")).toBe(EXCHANGE.none);
  });

  test("fails a command that it cannot read, and serves the next", async () => {
    const all = await loaded(release);
    const { server } = all;
    server.pushHandle(1_000_000 * 16);
    expect(server.read.batchError(server.answer().message)).toContain(
      "lies outside of the shared-memory region",
    );
    server.token();
    expect(await executes(all)).toBeUndefined();
  });

  test("ends when the server sends a command that its release does not have here", async () => {
    const { server, guard } = await loaded(release);
    server.push("ExecuteResponse", 336);
    expect(await guard.ended()).toEqual({ code: 0, signal: null });
    expect(guard.mapping.getText("outcome_text")).toMatch(/expected a command of .*, found 1/);
  });
});
