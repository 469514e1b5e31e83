import { afterEach, expect, test } from "@jest/globals";
import { sendCleanup } from "../../../host/channel/cleanup.js";
import { initCondition } from "../../../host/libc/condition.js";
import { initMutex } from "../../../host/libc/mutex.js";
import { STREAM_RESPONSES_MAX } from "../../../host/limits.js";
import { addressOf, type Handle } from "../../../host/numbers.js";
import { objectAt } from "../../../host/shm/ownership.js";
import { CallPump } from "../../../host/stub/calls/call-pump.js";
import { CALL_STATE, CallRecord } from "../../../host/stub/calls/call-record.js";
import type { CallResponse } from "../../../host/stub/calls/call-response.js";
import { CallSlots, UNNAMED_STREAM } from "../../../host/stub/calls/call-slots.js";
import { takeLateAnswers } from "../../../host/stub/calls/late-answers.js";
import { type StreamedMessage, StreamQueue } from "../../../host/stub/calls/stream-queue.js";
import { structOf } from "../../../host/wire/layout.js";
import { HANDLE_BYTES } from "../../../host/wire/sizes.js";
import { endChildren, startChild } from "../../support/child.js";
import { stubEndpoint } from "../../support/region/endpoint.js";
import { closeRegions, ParentRegion } from "../../support/region/parent-region.js";
import { ServerSide } from "../../support/region/server-side.js";
import { HANG_MS } from "../../support/wait.js";

const MONITOR = new URL("../../support/region/side-monitor.mjs", import.meta.url);
/** Its stubs put calls into the queue of the answers, and clean-ups into the side queue. */
const RELEASE = "24.08";
const STREAM = 0x7f00_0000_1000n;
const OTHER = 0x7f00_0000_2000n;
/** A clean-up with this id marks the end of what the monitor has got. */
const MARK = 1n;
const OWNER = { wants: () => true, receive: () => false, holdsEarly: () => false, complete() {} };

afterEach(async () => {
  await endChildren();
  closeRegions();
});

/** Ends in the place of the executor, before anything of the response is taken. */
class DyingQueue extends StreamQueue {
  override take(): void {
    throw new Error("the executor died");
  }
}

/** Notes how far a call is when a response is taken. */
class WatchedQueue extends StreamQueue {
  readonly states: number[] = [];
  record: CallRecord | undefined;

  override take(message: StreamedMessage): void {
    this.states.push(this.record!.state);
    super.take(message);
  }
}

/** A stub, and the server's thread for what it asks beside the commands. */
async function open() {
  const parent = new ParentRegion({ release: RELEASE });
  const monitor = startChild(MONITOR, parent.name, RELEASE, parent.controlHandle);
  await monitor.line();
  const { endpoint, journal, mapping } = stubEndpoint(parent, RELEASE);
  /** What an executor makes when it starts. */
  const executor = <Queue extends StreamQueue>(streamQueue: Queue) => {
    const slots = new CallSlots(endpoint, journal, mapping);
    return { slots, streamQueue, pump: new CallPump({ endpoint, journal, slots, streamQueue }) };
  };
  const mark = async () => {
    const lines: string[] = [];
    sendCleanup(endpoint, endpoint.dialect.commands.streamCleanup, MARK, () => {});
    for (;;) {
      const line = await monitor.line();
      if (line.endsWith(` ${MARK}`)) return lines;
      lines.push(line);
    }
  };
  return { parent, endpoint, mapping, executor, mark };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Sends a call whose first response has come. */
function streamingCall({ parent, endpoint }: Opened, slots: CallSlots, stream: bigint): CallRecord {
  const { heap, writer, dialect, region } = endpoint;
  const { message, record } = heap.locked(() => ({
    message: dialect.message.encodeInlineLocked(writer, 0, 0 as Handle),
    record: writer.constructLocked(CallRecord.bytes(0)),
  }));
  initMutex(addressOf(region.base, message.mutexAt));
  initCondition(addressOf(region.base, message.conditionAt));
  const call = slots.send(message, [], record, true);
  parent.queue("parent_message_queue").pop(0);
  call.record.state = CALL_STATE.streaming;
  call.record.stream = stream;
  return call.record;
}

/** Sends a call whose first response has not come. */
function awaitedCall(opened: Opened, slots: CallSlots): CallRecord {
  const call = streamingCall(opened, slots, 0n);
  call.state = CALL_STATE.pending;
  return call;
}

/**
 * Puts a later response of a stream into the stub's queue.
 * @param named 0n: an error, which does not name its stream
 * @returns place of the flag that lets the server continue
 */
function sendLater({ parent, endpoint }: Opened, named: bigint, isLast: boolean): number {
  const server = new ServerSide(parent);
  const { view, base } = parent.region;
  const isError = named === 0n ? 1n : 0n;
  const text = BigInt(server.string("the called model failed"));
  const response = server.record("ResponseShm", {
    outputs_size: 0n,
    error: BigInt(server.record("PbErrorShm", { message_shm_handle: text, code: 1n })),
    has_error: isError,
    is_error_set: isError,
    id: named,
    is_last_response: isLast ? 1n : 0n,
  });
  const { size, fields } = structOf(parent.layout, "ResponseBatch");
  const args = parent.construct(size + HANDLE_BYTES) as Handle;
  view.setUint32(objectAt(args) + fields.batch_size![0], 1, true);
  view.setBigUint64(objectAt(args) + size, BigInt(response), true);
  const { dialect, heap } = endpoint;
  const { message, mutexAt, conditionAt } = heap.locked(() =>
    dialect.message.encodeInlineLocked(parent.writer, dialect.commands.streamedResponse!, args),
  );
  initMutex(addressOf(base, mutexAt));
  initCondition(addressOf(base, conditionAt));
  parent.queue("parent_to_stub_mq").push(message, HANG_MS);
  return dialect.bls.streamFlagOf(args);
}

test.each([
  ["names its stream", STREAM],
  ["is an error, which does not name its stream", 0n],
])(
  "an executor dies before it takes a last response that %s: the stream is deleted once, after the response was taken",
  async (_title, named) => {
    const opened = await open();
    const { endpoint, executor, mark, parent } = opened;
    const first = executor(new DyingQueue(endpoint, opened.mapping));
    const ended = streamingCall(opened, first.slots, STREAM);
    const flagAt = sendLater(opened, named, true);
    expect(() => first.pump.poll(OWNER)).toThrow("the executor died");
    expect(ended.state).toBe(CALL_STATE.ended);
    // The guest had a second call: its first response comes before the successor starts.
    const other = streamingCall(opened, first.slots, OTHER);

    const queue = new WatchedQueue(endpoint, opened.mapping);
    queue.record = ended;
    takeLateAnswers({ endpoint, ...executor(queue) });
    endpoint.whileWaiting();
    endpoint.whileWaiting();
    expect(queue.states).toEqual([CALL_STATE.ended]);
    expect(parent.region.view.getUint8(flagAt)).toBe(1);
    expect(other.state).toBe(CALL_STATE.streaming);
    expect(await mark()).toEqual([`BLSDecoupledInferPayloadCleanup ${STREAM}`]);
  },
);

test("a stream whose last response was taken is deleted by the successor", async () => {
  const opened = await open();
  const { endpoint, executor, mark } = opened;
  const first = executor(new StreamQueue(endpoint, opened.mapping));
  const call = streamingCall(opened, first.slots, STREAM);
  call.lastTail = 0;
  call.state = CALL_STATE.ended;
  takeLateAnswers({ endpoint, ...executor(new StreamQueue(endpoint, opened.mapping)) });
  endpoint.whileWaiting();
  expect(await mark()).toEqual([`BLSDecoupledInferPayloadCleanup ${STREAM}`]);
});

test("responses that come before it is known whose they are do not wait in the queue, and their call gets an error for those that are dropped", async () => {
  const opened = await open();
  const { executor, mark, parent } = opened;
  const { slots, pump } = executor(new StreamQueue(opened.endpoint, opened.mapping));
  const unnamed = streamingCall(opened, slots, UNNAMED_STREAM);
  const awaited = awaitedCall(opened, slots);
  const received: [CallRecord, CallResponse][] = [];
  const owner = {
    ...OWNER,
    receive: ({ record }: { record: CallRecord }, response: CallResponse) =>
      received.push([record, response]) > 0,
  };
  for (let sent = 0; sent < STREAM_RESPONSES_MAX + 2; sent++) {
    const flagAt = sendLater(opened, STREAM, false);
    pump.poll(owner);
    expect(parent.region.view.getUint8(flagAt)).toBe(1);
  }
  sendLater(opened, STREAM, true);
  pump.poll(owner);
  expect(received).toEqual([]);
  // The awaited call has another stream, so they belong to the call without a name.
  awaited.stream = OTHER;
  awaited.state = CALL_STATE.streaming;
  pump.poll(owner);
  expect(received.map(([record]) => record === unnamed)).not.toContain(false);
  expect(received.map(([, { error }]) => error?.message)).toEqual([
    ...Array(STREAM_RESPONSES_MAX).fill(undefined),
    expect.stringContaining("were dropped"),
    expect.stringContaining("were dropped"),
  ]);
  expect(awaited.state).toBe(CALL_STATE.streaming);
  expect(await mark()).toEqual([`BLSDecoupledInferPayloadCleanup ${STREAM}`]);
});

test("after a last response that came before it was known whose it is, a successor waits for neither of the calls", async () => {
  const opened = await open();
  const { endpoint, executor, mark } = opened;
  const { slots, pump } = executor(new StreamQueue(endpoint, opened.mapping));
  const unnamed = streamingCall(opened, slots, UNNAMED_STREAM);
  const awaited = awaitedCall(opened, slots);
  sendLater(opened, STREAM, true);
  pump.poll(OWNER);
  expect([unnamed.state, awaited.next]).toEqual([CALL_STATE.unclear, CALL_STATE.unclear]);
  takeLateAnswers({ endpoint, ...executor(new StreamQueue(endpoint, opened.mapping)) });
  endpoint.whileWaiting();
  expect([unnamed.state, awaited.next]).toEqual([CALL_STATE.unclear, CALL_STATE.unclear]);
  expect(await mark()).toEqual([]);
});
