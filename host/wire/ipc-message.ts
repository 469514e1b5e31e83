import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import { type Layout, offsetsOf } from "./layout.js";
import type { WireReader } from "./reader.js";

/** `IPCMessageShm`: what a queue's handles point at. */
export class IpcMessageCodec {
  private readonly at: Readonly<Record<"command" | "args" | "inline_response" | "bytes", number>>;
  /** Of the message decoded last. */
  command = -1;
  /** Handle of the command's own record; 0 when it has none. */
  args = 0;

  constructor(layout: Layout) {
    this.at = offsetsOf(layout, "IPCMessageShm", "command", "args", "inline_response");
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
    const handle = heap.constructLocked(this.at.bytes);
    const object = handle + OWNERSHIP_BYTES;
    const { view, bytes } = heap.region;
    bytes.fill(0, object, object + this.at.bytes);
    view.setUint32(object + this.at.command, command, true);
    view.setUint32(object + this.at.args, args, true);
    return handle;
  }
}
