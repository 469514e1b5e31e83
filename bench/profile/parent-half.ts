import { closeSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { initMutex, MUTEX_BYTES } from "../../host/libc/mutex.js";
import { initSemaphore } from "../../host/libc/semaphore.js";
import { createSharedMemory, unlinkSharedMemory } from "../../host/libc/shm.js";
import type { Address, Handle } from "../../host/numbers.js";
import { instantiateCore } from "../../host/shm/core.js";
import { Heap } from "../../host/shm/heap.js";
import { Ledger } from "../../host/shm/ledger.js";
import { OWNERSHIP_BYTES } from "../../host/shm/ownership.js";
import { MessageQueue } from "../../host/shm/queue.js";
import { Region } from "../../host/shm/region.js";
import { type OpenedEndpoint, openEndpoint } from "../../host/stub/open-endpoint.js";
import type { Mapping } from "../../host/stub/shared/mapping.js";
import { Phase } from "../../host/stub/shared/phase.js";
import { queueLayout } from "../../host/wire/control.js";
import { DATATYPES } from "../../host/wire/datatypes.js";
import { Dialect } from "../../host/wire/dialect.js";
import { offsetsOf, structOf } from "../../host/wire/layout.js";
import { TensorRecord } from "../../host/wire/records/tensor.js";
import { HANDLE_BYTES } from "../../host/wire/sizes.js";
import { WireWriter } from "../../host/wire/writer.js";
import { parentCore, parentCoreModule } from "../../test/support/region/parent-core.js";
import { DEFAULT_RELEASE, projectFolder } from "../harness.js";

const QUEUE_SLOTS = 1000;
const GROWTH_BYTES = 2 ** 20;
const INPUT = "INPUT0";
const OUTPUT = "OUTPUT0";
const FP32 = DATATYPES.findIndex(({ name }) => name === "FP32");

/** A region with one request, formatted as the server does it: the stub's code runs on it without a server. */
export class ParentHalf {
  readonly region: Region;
  private readonly fd: number;
  private readonly core: WebAssembly.Module;
  private readonly heap: Heap;
  private readonly writer: WireWriter;
  private readonly dialect = new Dialect(DEFAULT_RELEASE);
  /** The bytes before the data of the request's tensor, and their offset. */
  private head = new Uint8Array();
  private headAt = 0;

  constructor(bytes: number) {
    const name = `triton_wasm_profile_${process.pid}`;
    this.fd = createSharedMemory(name, bytes);
    unlinkSharedMemory(name);
    this.region = Region.map(this.fd);
    const file = join(projectFolder(), "dist", "wasm", "core.wasm");
    this.core = new WebAssembly.Module(readFileSync(file));
    this.format(bytes);
    this.heap = new Heap(this.region, this.core, GROWTH_BYTES, new Ledger());
    this.writer = new WireWriter(this.region, this.heap);
  }

  /** The stub's side of the wire. */
  connect(mapping: Mapping): OpenedEndpoint {
    return openEndpoint({
      region: this.region,
      core: this.core,
      mapping,
      phase: new Phase(mapping, () => {}),
      release: DEFAULT_RELEASE,
      growthBytes: GROWTH_BYTES,
      controlHandle: this.makeControl(),
    });
  }

  /** The server's side of a queue. */
  queue(handle: number): MessageQueue {
    return new MessageQueue(this.region, handle, queueLayout(this.dialect.layout), "queue");
  }

  /**
   * Makes an ExecuteRequest of one request that has one FP32 tensor.
   * @param bytes size of the tensor
   * @returns the message's handle
   */
  makeMessage(bytes: number): number {
    const { layout, commands, message } = this.dialect;
    const at = offsetsOf(layout, "RequestBatch", "batch_size");
    const request = this.makeRequest(bytes);
    const batch = this.zeroed(at.bytes + HANDLE_BYTES);
    this.set32(batch + at.batch_size, 1);
    this.set32(batch + at.bytes, request);
    return message.encodeLocked(this.writer, commands.executeRequest, batch);
  }

  close(): void {
    closeSync(this.fd);
  }

  private format(bytes: number): void {
    const { core: shared, setName } = instantiateCore(parentCoreModule, this.region.memory);
    const core = parentCore(shared);
    core.setLimit(bytes);
    core.heapFormat(bytes);
    const mutex = core.heapFindOrConstructNamed(setName("shm_mutex"), MUTEX_BYTES, 8) >>> 0;
    const size = core.heapFindOrConstructNamed(setName("total size"), HANDLE_BYTES, 8) >>> 0;
    initMutex((this.region.base + mutex) as Address);
    this.region.view.setBigUint64(size, BigInt(bytes), true);
  }

  private makeRequest(bytes: number): number {
    const at = offsetsOf(
      this.dialect.layout,
      "InferRequestShm",
      "input_count",
      "requested_output_count",
    );
    const output = this.dialect.strings.writeLocked(this.writer, OUTPUT);
    const input = this.makeTensor(bytes);
    // Three embedded strings follow the handles. An execution does not read them.
    const texts = 3 * this.dialect.strings.headBytes;
    const request = this.zeroed(at.bytes + 2 * HANDLE_BYTES + texts);
    this.set32(request + at.input_count, 1);
    this.set32(request + at.requested_output_count, 1);
    this.set32(request + at.bytes, output);
    this.set32(request + at.bytes + HANDLE_BYTES, input);
    return request;
  }

  private makeTensor(bytes: number): number {
    const { tensors } = this.dialect;
    const form = { datatype: FP32, rank: 1, nameBytes: INPUT.length, dataBytes: bytes };
    const tensor = this.heap.constructLocked(tensors.objectBytes(form));
    const parts = new TensorRecord();
    tensors.fill(this.writer, tensor, form, parts);
    this.region.view.setBigInt64(
      parts.shapeAt,
      BigInt(bytes / Float32Array.BYTES_PER_ELEMENT),
      true,
    );
    this.region.bytes.set(Buffer.from(INPUT), parts.nameAt);
    this.region.bytes.fill(1, parts.dataAt, parts.dataAt + bytes);
    this.headAt = tensor;
    this.head = this.region.bytes.slice(tensor, parts.dataAt);
    return tensor;
  }

  /** Restores the request: a response that refers to its tensor has overwritten the tensor's name. */
  renewRequest(): void {
    this.region.bytes.set(this.head, this.headAt);
  }

  private makeControl(): number {
    const { layout } = this.dialect;
    const queues = [
      "stub_message_queue",
      "parent_message_queue",
      "stub_to_parent_mq",
      "parent_to_stub_mq",
    ] as const;
    const at = offsetsOf(layout, "IPCControlShm", ...queues);
    const control = this.zeroed(structOf(layout, "IPCControlShm").size);
    for (const queue of queues) this.set32(control + at[queue], this.makeQueue());
    return control;
  }

  private makeQueue(): number {
    const at = queueLayout(this.dialect.layout);
    const buffer = this.zeroed(QUEUE_SLOTS * HANDLE_BYTES);
    const queue = this.zeroed(at.bytes);
    const object = this.region.base + queue + OWNERSHIP_BYTES;
    initSemaphore((object + at.sem_empty) as Address, QUEUE_SLOTS);
    initSemaphore((object + at.sem_full) as Address, 0);
    initMutex((object + at.mutex) as Address);
    this.set32(queue + at.size, QUEUE_SLOTS);
    this.set32(queue + at.buffer, buffer);
    return queue;
  }

  /** @returns a handle. No lock is needed, since no other code uses the heap yet */
  private zeroed(bytes: number): Handle {
    return this.writer.constructZeroedLocked(bytes);
  }

  private set32(fieldOfHandle: number, value: number): void {
    this.region.view.setUint32(fieldOfHandle + OWNERSHIP_BYTES, value, true);
  }
}
