import { type Handle, offsetBy, type RegionOffset } from "../numbers.js";
import type { QueueLayout } from "../shm/queue.js";
import { type Layout, offsetsOf, structOf } from "./layout.js";
import type { WireReader } from "./reader.js";

/** `IPCControlShm`: handles of the queues, and whether the model is decoupled. */
export interface Control {
  readonly decoupled: boolean;
  readonly stubMessageQueue: Handle;
  readonly parentMessageQueue: Handle;
  readonly stubToParentQueue: Handle;
  readonly parentToStubQueue: Handle;
  /** The byte by which the stub says that its model has a function for the readiness; undefined up to 26.02. */
  readonly readinessFlagAt: RegionOffset | undefined;
}

/** Reads the control block, whose handle is argv[7]. The block is the same in all releases up to 26.07, except for one padding byte. */
export function readControl(reader: WireReader, layout: Layout, handle: number): Control {
  const at = offsetsOf(
    layout,
    "IPCControlShm",
    "decoupled",
    "stub_message_queue",
    "parent_message_queue",
    "stub_to_parent_mq",
    "parent_to_stub_mq",
  );
  const [readinessAt] =
    structOf(layout, "IPCControlShm").fields.stub_has_user_model_readiness_fn ?? [];
  const object = reader.objectOf(handle, at.bytes, "the control block (argv[7])");
  return {
    decoupled: reader.flag(object, at.decoupled),
    stubMessageQueue: reader.handle(object, at.stub_message_queue),
    parentMessageQueue: reader.handle(object, at.parent_message_queue),
    stubToParentQueue: reader.handle(object, at.stub_to_parent_mq),
    parentToStubQueue: reader.handle(object, at.parent_to_stub_mq),
    readinessFlagAt: readinessAt === undefined ? undefined : offsetBy(object, readinessAt),
  };
}

/** Layout of a queue, for host/shm/queue.ts. */
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
