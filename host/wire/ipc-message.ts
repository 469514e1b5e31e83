import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import { type Layout, offsetsOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import { constructZeroedLocked } from "./zeroed.js";

/** Sizes of glibc's `pthread_mutex_t` and `pthread_cond_t` on x86-64, which Boost.Interprocess uses. */
const MUTEX_BYTES = 40;
const CONDITION_BYTES = 48;

/** A message with what its sender waits with; offsets in the region. */
export interface InlineMessage {
  /** Handle. */
  readonly message: number;
  readonly mutexAt: number;
  readonly conditionAt: number;
}

/** `IPCMessageShm`: what a queue's handles point at. */
export class IpcMessageCodec {
  private readonly at: Readonly<
    Record<
      "command" | "args" | "inline_response" | "response_mutex" | "response_cond" | "bytes",
      number
    >
  >;
  /** Of the message decoded last. */
  command = -1;
  /** Handle of the command's own record; 0 when it has none. */
  args = 0;

  constructor(layout: Layout) {
    this.at = offsetsOf(
      layout,
      "IPCMessageShm",
      "command",
      "args",
      "inline_response",
      "response_mutex",
      "response_cond",
    );
  }

  /** Reads the message at `handle` into {@link command} and {@link args}. */
  decode(reader: WireReader, handle: number): void {
    const object = reader.objectOf(handle, this.at.bytes, "a message");
    this.command = reader.u32(object + this.at.command);
    // FinalizeRequest leaves its args unset, so they may hold anything; whoever needs them checks them.
    this.args =
      reader.source.view.getUint32(object + this.at.args, true) +
      reader.source.view.getUint32(object + this.at.args + 4, true) * 2 ** 32;
  }

  /** Handle of the record of the message at `handle`. */
  argsOf(reader: WireReader, handle: number): number {
    const object = reader.objectOf(handle, this.at.bytes, "a message");
    return reader.u64(object + this.at.args);
  }

  /** Overwrites the command of the message at `handle`: FinalizeResponse re-uses the request's block. */
  overwriteCommand(reader: WireReader, handle: number, command: number): void {
    const object = reader.objectOf(handle, this.at.bytes, "a message");
    reader.source.view.setUint32(object + this.at.command, command, true);
  }

  /** Overwrites the args of the message at `handle`. */
  overwriteArgs(reader: WireReader, handle: number, args: number): void {
    const object = reader.objectOf(handle, this.at.bytes, "a message");
    reader.source.view.setBigUint64(object + this.at.args, BigInt(args), true);
  }

  /** Makes a message that expects no answer of its own. @returns its handle */
  encodeLocked(heap: Heap, command: number, args: number): number {
    const handle = constructZeroedLocked(heap, this.at.bytes);
    this.fill(heap, handle, command, args);
    return handle;
  }

  /** Makes a message whose record follows it in the same block; its args are the record's place. @returns its handle */
  encodeWithTailLocked(heap: Heap, command: number, tailBytes: number): number {
    const handle = constructZeroedLocked(heap, this.at.bytes + tailBytes);
    this.fill(heap, handle, command, handle + this.at.bytes);
    return handle;
  }

  /** Offset in the region of what follows the message at `handle` in its block. */
  tailOf(handle: number): number {
    return handle + OWNERSHIP_BYTES + this.at.bytes;
  }

  private fill(heap: Heap, handle: number, command: number, args: number): void {
    const { view } = heap.region;
    view.setUint32(handle + OWNERSHIP_BYTES + this.at.command, command, true);
    this.setArgs(heap, handle, args);
  }

  /** Points the message at `handle`, which is ours, at a record. */
  setArgs(heap: Heap, handle: number, args: number): void {
    heap.region.view.setUint32(handle + OWNERSHIP_BYTES + this.at.args, args, true);
  }

  /** Makes a message that brings mutex and condition for its answer; the sender initialises both. */
  encodeInlineLocked(heap: Heap, command: number, args: number): InlineMessage {
    const mutex = constructZeroedLocked(heap, MUTEX_BYTES);
    const condition = constructZeroedLocked(heap, CONDITION_BYTES);
    const message = this.encodeLocked(heap, command, args);
    const object = message + OWNERSHIP_BYTES;
    const { view } = heap.region;
    view.setUint8(object + this.at.inline_response, 1);
    view.setUint32(object + this.at.response_mutex, mutex, true);
    view.setUint32(object + this.at.response_cond, condition, true);
    return { message, mutexAt: mutex + OWNERSHIP_BYTES, conditionAt: condition + OWNERSHIP_BYTES };
  }
}
