import { ok, strictEqual } from "node:assert";
import type { Endpoint } from "../../../host/channel/endpoint.js";
import { unlinkSharedMemory } from "../../../host/libc/shm.js";
import { OWNERSHIP_BYTES } from "../../../host/shm/ownership.js";
import { Batch } from "../../../host/stub/batch/batch.js";
import type { Mapping } from "../../../host/stub/shared/mapping.js";
import { stubEndpoint } from "./endpoint.js";
import { checkHeap } from "./heap-checker.js";
import { ParentRegion } from "./parent-region.js";
import { type ReadResponse, ResponseReader } from "./response-reader.js";
import { ServerSide, type WrittenTensor } from "./server-side.js";

const REGION_BYTES = 65_536;
/** What a count begins at that never falls to zero. */
const PINNED = 1 << 20;
/** Far above what one batch with all its outputs needs. */
const REGION_MAX_BYTES = 1024 * 1024;

export const INPUTS: readonly (readonly WrittenTensor[])[] = [
  [
    { name: "IN", datatype: 11, shape: [2n, 3n], data: new Uint8Array(24).map((_, at) => at) },
    {
      name: "TEXTS",
      datatype: 13,
      shape: [1n],
      data: Buffer.from("\x03\0\0\0abc"),
      separate: true,
    },
  ],
  [{ name: "NONE", datatype: 9, shape: [0n], data: new Uint8Array() }],
  [],
];
export const OUTPUTS: readonly (readonly string[])[] = [["OUT0", "OUT1", "OUT2"], ["OUT0"], []];

export const requestId = (request: number) => `request ${request}`;
export const parametersOf = (request: number) => `{"key":"välue ${request}"}`;

/** A region with a batch of a server's, and the stub's side of it. */
export class Server {
  readonly batch: Batch;
  readonly endpoint: Endpoint;
  readonly mapping: Mapping;
  private readonly release: string;
  private readonly args: number;
  /** What belongs to the server. */
  private readonly original: ReadonlyMap<number, Uint8Array>;
  private readonly allocated: number;
  /** Handle of the block in which the core notes each change of the heap. */
  private readonly undoLog: number;
  private before = new Uint8Array();
  /** Where counts of references stand that let outputs name inputs: places of 4 bytes in the server's blocks. */
  private readonly shared = new Set<number>();

  constructor(release: string) {
    const parent = new ParentRegion({
      release,
      bytes: REGION_BYTES,
      growthBytes: REGION_BYTES,
      queueSize: 4,
    });
    // The mapping and the descriptor stay.
    unlinkSharedMemory(parent.name);
    this.release = release;
    this.args = writeBatch(new ServerSide(parent), release);
    const { endpoint, mapping } = stubEndpoint(parent, release);
    this.endpoint = endpoint;
    this.mapping = mapping;
    this.undoLog = mapping.get("undo_log");
    this.batch = new Batch(this.endpoint);
    this.original = this.payloads();
    this.allocated = this.picture().allocatedBytes;
  }

  begin(outputMaxBytes: number): void {
    this.batch.outputMaxBytes = outputMaxBytes;
    this.batch.decode(this.args);
  }

  /** As after the end of an executor in the middle of the batch. */
  beginAbandoned(): void {
    this.batch.decodeAbandoned(this.args);
  }

  /** Before a call of the guest. */
  remember(): void {
    this.before = this.region().slice();
  }

  /** Nothing has changed since {@link remember}, but for [from, to). */
  requireUnchanged(from = 0, to = 0): void {
    const now = this.region();
    strictEqual(now.length, this.before.length, "the region has grown");
    const same = (start: number, end: number) =>
      Buffer.compare(now.subarray(start, end), this.before.subarray(start, end)) === 0;
    ok(same(0, from) && same(to, now.length), "the region was changed");
  }

  /**
   * What was allocated at {@link remember} has its bytes, and the heap is sound.
   * @param shares whether the call may have made an input's bytes a block that an output names
   * @returns handle of the one new block
   */
  requireOneMore(shares: boolean): number {
    if (shares) this.requireOneCount();
    const { blocks } = checkHeap(this.before);
    const known = new Set<number>();
    for (const { offset, units, allocated } of blocks) {
      if (!allocated) continue;
      known.add(offset);
      if (offset + 16 === this.undoLog) continue;
      const [from, to] = [offset + 16, offset + units * 16 + 8];
      const same = Buffer.compare(this.region().subarray(from, to), this.before.subarray(from, to));
      // Growth is noted in the region's own object of that name.
      ok(same === 0 || this.region().length > this.before.length, `block ${offset} was changed`);
    }
    const fresh = this.picture().blocks.filter((b) => b.allocated && !known.has(b.offset));
    strictEqual(fresh.length, 1, "blocks for one output");
    return fresh[0]!.offset + 16;
  }

  /** The one change of an input's block, if there is one, is a pinned count of references in front of its MemoryShm. */
  private requireOneCount(): void {
    for (const { offset, units, allocated } of checkHeap(this.before).blocks) {
      if (!allocated || offset + 16 === this.undoLog) continue;
      for (let at = offset + 16; at < offset + units * 16 + 8; at++) {
        if (this.region()[at] === this.before[at] || this.region().length > this.before.length)
          continue;
        const view = new DataView(this.region().buffer);
        // The count is 1 MiB, so its third byte is the one that must differ from anything written before.
        const count = [at, at - 1, at - 2].find((place) => view.getUint32(place, true) === PINNED);
        ok(
          count !== undefined && this.shared.size < INPUTS.flat().length,
          `byte ${at} was changed`,
        );
        this.shared.add(count);
        this.before.set(this.region().subarray(count, count + 4), count);
      }
    }
  }

  /** Where the data of an output's tensor begins. */
  dataOf(handle: number, rank: number, name: string): number {
    const { tensors } = this.endpoint.dialect;
    return (
      handle +
      OWNERSHIP_BYTES +
      tensors.objectBytes({ datatype: 0, rank, nameBytes: name.length, dataBytes: 0 })
    );
  }

  /** The guest has returned: what the server reads of each request whose response it gets now. */
  answer(): ReadResponse[] {
    const { heap } = this.endpoint;
    this.batch.finishOutputs();
    return OUTPUTS.flatMap((_, request) => {
      if (this.batch.answerOf(request) !== "response") return [];
      return this.read(heap.locked(() => this.batch.encodeResponseLocked(request)));
    });
  }

  /** What the server reads of a response. */
  read(response: number): ReadResponse {
    return new ResponseReader(this.endpoint.region, this.release).response(response);
  }

  /** The batch is over: nothing of it is left, and the server's own blocks are as they were. */
  end(): void {
    this.endpoint.heap.command.close();
    this.batch.end();
    strictEqual(this.picture().allocatedBytes, this.allocated, "bytes that are still allocated");
    ok(this.region().length <= REGION_MAX_BYTES, `the region has ${this.region().length} bytes`);
    const now = this.payloads();
    for (const count of this.shared) {
      for (const [at, bytes] of this.original) {
        if (count >= at + 16 && count < at + 16 + bytes.length) {
          now.get(at)!.set(bytes.subarray(count - at - 16, count - at - 12), count - at - 16);
        }
      }
    }
    for (const [at, bytes] of this.original) {
      strictEqual(
        Buffer.compare(now.get(at)!, bytes),
        0,
        `the server's block at ${at} was changed`,
      );
    }
  }

  /** Of blocks without a name: names stand for what changes with the region, its mutex and its size. */
  private payloads(): Map<number, Uint8Array> {
    const { blocks, names } = this.picture();
    const unnamed = blocks.filter(
      ({ offset, units, allocated }) =>
        allocated &&
        offset + 16 !== this.undoLog &&
        !names.some(({ value }) => value > offset && value < offset + units * 16),
    );
    return new Map(
      unnamed.map(({ offset, units }) => [
        offset,
        this.region().slice(offset + 16, offset + units * 16 + 8),
      ]),
    );
  }

  private picture() {
    return checkHeap(this.region());
  }

  private region(): Uint8Array<ArrayBuffer> {
    const { bytes, mappedBytes } = this.endpoint.region;
    return bytes.subarray(0, mappedBytes) as Uint8Array<ArrayBuffer>;
  }
}

function writeBatch(server: ServerSide, release: string): number {
  return server.batch(
    INPUTS.map((inputs, request) =>
      server.request({
        inputs,
        outputs: OUTPUTS[request]!,
        id: requestId(request),
        parameters: parametersOf(request),
        correlationId: release >= "24.04" && request === 1 ? "sequence" : 2n ** 64n - 1n,
        timeout: 5n,
        flags: request,
      }),
    ),
  );
}
