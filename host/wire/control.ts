import type { QueueLayout } from "../shm/queue.js";
import { type Layout, offsetsOf } from "./layout.js";
import type { WireReader } from "./reader.js";

/** `IPCControlShm`: where the queues, the health flag and its mutex are. Offsets and handles in bytes. */
export interface Control {
  readonly stubHealthAt: number;
  readonly stubHealthMutexAt: number;
  readonly decoupled: boolean;
  readonly stubMessageQueue: number;
  readonly parentMessageQueue: number;
  readonly stubToParentQueue: number;
}

/** Reads the control block at argv[7]'s handle. The block is the same in every release up to 26.07 but for one padding byte. */
export function readControl(reader: WireReader, layout: Layout, handle: number): Control {
  const at = offsetsOf(
    layout,
    "IPCControlShm",
    "stub_health",
    "stub_health_mutex",
    "decoupled",
    "stub_message_queue",
    "parent_message_queue",
    "stub_to_parent_mq",
  );
  const object = reader.objectOf(handle, at.bytes, "the control block (argv[7])");
  return {
    stubHealthAt: object + at.stub_health,
    stubHealthMutexAt: object + at.stub_health_mutex,
    decoupled: reader.u8(object + at.decoupled) !== 0,
    stubMessageQueue: reader.u64(object + at.stub_message_queue),
    parentMessageQueue: reader.u64(object + at.parent_message_queue),
    stubToParentQueue: reader.u64(object + at.stub_to_parent_mq),
  };
}

/**
 * Takes a reference of each queue, kept until this process ends: the server gives its own up as soon as it has pushed its
 * last token, while our pop still has to post the queue's semaphore. Call it before the hand-shake: until then the server
 * only waits, so that no lock is needed.
 */
export function retainQueues(reader: WireReader, layout: Layout, control: Control): void {
  const at = offsetsOf(layout, "MessageQueueShm", "buffer");
  const { view } = reader.source;
  for (const queue of [
    control.stubMessageQueue,
    control.parentMessageQueue,
    control.stubToParentQueue,
  ]) {
    const object = reader.objectOf(queue, at.bytes, "a queue");
    for (const handle of [queue, reader.u64(object + at.buffer)]) {
      reader.objectOf(handle, 0, "a queue");
      view.setUint32(handle, view.getUint32(handle, true) + 1, true);
    }
  }
}

/** The ring buffer's struct, for shm/queue. */
export function queueLayout(layout: Layout): QueueLayout {
  return offsetsOf(
    layout,
    "MessageQueueShm",
    "sem_empty",
    "sem_full",
    "mutex",
    "size",
    "buffer",
    "head",
    "tail",
  );
}
