import { StubError } from "../errors.js";
import { TENSOR_MAX_RANK } from "../limits.js";
import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import type { Region } from "../shm/region.js";
import { DATATYPES } from "./datatypes.js";
import { type Layout, offsetsOf, structOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import type { StringCodec } from "./strings.js";

/** Where a tensor's parts are in the region; re-used from request to request. Offsets and sizes in bytes. */
export class TensorRecord {
  datatype = 0;
  rank = 0;
  /** `rank` signed 64-bit numbers. */
  shapeAt = 0;
  nameAt = 0;
  nameBytes = 0;
  dataAt = 0;
  dataBytes = 0;
  /** Handle of the block that has the data; 0 as long as the data lies in the tensor's own block only. */
  memory = 0;
  /** The name, once {@link TensorCodec.shareMemory} has written over it in the region. */
  savedName: Uint8Array | undefined;
}

const MEMORY_CPU = 0;
const MEMORY_CPU_PINNED = 1;
const INT64_BYTES = 8;
/** A count of references that never falls to zero: nobody may free what is not a block of its own. */
const PINNED_REFERENCES = 1 << 20;

/**
 * One block per tensor:
 *
 * ```
 *  TensorShm | int64 x rank | StringShm | name | MemoryShm | data          memory == 0: in place, not aligned
 *  TensorShm | int64 x rank | StringShm | name      MemoryShm | data       memory != 0: handle of a block of its own
 * ```
 */
export class TensorCodec {
  private readonly tensor: Readonly<Record<"memory" | "dtype" | "dims_count" | "bytes", number>>;
  private readonly memory: Readonly<Record<"memory_type" | "byte_size" | "bytes", number>>;
  private readonly strings: StringCodec;
  private readonly memoryBytes: number;

  constructor(layout: Layout, strings: StringCodec) {
    this.tensor = offsetsOf(layout, "TensorShm", "memory", "dtype", "dims_count");
    this.memory = offsetsOf(layout, "MemoryShm", "memory_type", "byte_size");
    this.memoryBytes = structOf(layout, "MemoryShm").size;
    this.strings = strings;
  }

  /**
   * Decodes the tensor whose handle is stored at `handleAt`.
   * @throws StubError ERR_MESSAGE_INVALID, ERR_REGION_BOUNDS when the bytes make no tensor inside the region
   */
  decode(reader: WireReader, handleAt: number, into: TensorRecord): void {
    into.savedName = undefined;
    const object = reader.object(handleAt, this.tensor.bytes, "a tensor");
    into.datatype = reader.u32(object + this.tensor.dtype);
    into.rank = reader.u64(object + this.tensor.dims_count);
    if (into.datatype >= DATATYPES.length) refuseTensor("datatype", into.datatype);
    if (into.rank > TENSOR_MAX_RANK) refuseTensor("rank", into.rank);
    into.shapeAt = object + this.tensor.bytes;
    const nameHead = into.shapeAt + into.rank * INT64_BYTES;
    into.nameBytes = this.strings.lengthAt(reader, nameHead);
    into.nameAt = nameHead + this.strings.headBytes;
    reader.requireRange(into.nameAt, into.nameBytes, "a tensor's name");
    const handle = reader.u64(object + this.tensor.memory);
    const memory =
      handle === 0
        ? into.nameAt + into.nameBytes
        : reader.objectOf(handle, this.memoryBytes, "a tensor's memory");
    const memoryType = reader.u32(memory + this.memory.memory_type);
    if (memoryType !== MEMORY_CPU && memoryType !== MEMORY_CPU_PINNED) {
      throw new StubError(
        "ERR_MESSAGE_INVALID",
        `input '${reader.text(into.nameAt, into.nameBytes)}' is in GPU memory, which this backend does not read: ` +
          "leave the model parameter FORCE_CPU_ONLY_INPUT_TENSORS at its default",
        { memoryType },
      );
    }
    into.memory = handle;
    into.dataBytes = reader.u64(memory + this.memory.byte_size);
    into.dataAt = memory + this.memoryBytes;
    reader.requireRange(into.dataAt, into.dataBytes, "a tensor's data");
  }

  /**
   * Lets another tensor name the data of this one, so that no byte of it is copied. Data in the tensor's own block gets an ownership
   * header of its own, in front of its MemoryShm:
   *
   * ```
   *  TensorShm | int64 x rank | StringShm | name | MemoryShm | data
   *                                  ^-- 16 bytes --^ handle + 16: the count of references, pinned, stands at the handle
   * ```
   *
   * The count takes the place of bytes of the name, which the server does not read again (docs/internals/protocol.md 2.6).
   * @param tensor a decoded one
   * @returns the handle for the other tensor's {@link fillSharing}
   */
  shareMemory({ view, bytes }: Region, tensor: TensorRecord): number {
    if (tensor.memory === 0) {
      tensor.savedName = bytes.slice(tensor.nameAt, tensor.nameAt + tensor.nameBytes);
      tensor.memory = tensor.dataAt - this.memoryBytes - OWNERSHIP_BYTES;
      view.setUint32(tensor.memory, PINNED_REFERENCES, true);
    }
    return tensor.memory;
  }

  /** Size of the object that {@link fillSharing} fills. */
  sharingBytes(rank: number, nameBytes: number): number {
    return this.tensor.bytes + rank * INT64_BYTES + this.strings.headBytes + nameBytes;
  }

  /** Size of the object that {@link fill} fills. */
  objectBytes(rank: number, nameBytes: number, dataBytes: number): number {
    return this.sharingBytes(rank, nameBytes) + this.memoryBytes + dataBytes;
  }

  /**
   * Writes everything but shape and name of a tensor whose data is another one's, and says in `into` where those two go.
   * @param handle of a block of {@link sharingBytes}
   * @param source a decoded tensor
   */
  fillSharing(
    heap: Heap,
    handle: number,
    source: TensorRecord,
    nameBytes: number,
    into: TensorRecord,
  ): void {
    const memory = this.shareMemory(heap.region, source);
    this.fillHead(heap, handle, source.datatype, source.rank, nameBytes, into);
    const object = handle + OWNERSHIP_BYTES;
    heap.region.view.setBigUint64(object + this.tensor.memory, BigInt(memory), true);
    into.dataAt = source.dataAt;
    into.dataBytes = source.dataBytes;
  }

  /**
   * Writes everything but shape, name and data into a constructed block, and says in `into` where those three go.
   * @param handle of a block of {@link objectBytes}
   */
  fill(
    heap: Heap,
    handle: number,
    datatype: number,
    rank: number,
    nameBytes: number,
    dataBytes: number,
    into: TensorRecord,
  ): void {
    this.fillHead(heap, handle, datatype, rank, nameBytes, into);
    const { view, bytes } = heap.region;
    const memory = into.nameAt + nameBytes;
    bytes.fill(0, memory, memory + this.memoryBytes);
    view.setUint32(memory + this.memory.byte_size, dataBytes, true);
    into.dataAt = memory + this.memoryBytes;
    into.dataBytes = dataBytes;
  }

  private fillHead(
    heap: Heap,
    handle: number,
    datatype: number,
    rank: number,
    nameBytes: number,
    into: TensorRecord,
  ): void {
    const { view, bytes } = heap.region;
    const object = handle + OWNERSHIP_BYTES;
    bytes.fill(0, object, object + this.tensor.bytes);
    view.setUint32(object + this.tensor.dtype, datatype, true);
    view.setUint32(object + this.tensor.dims_count, rank, true);
    const nameHead = object + this.tensor.bytes + rank * INT64_BYTES;
    this.strings.writeEmbeddedHead(heap, nameHead, nameBytes);
    into.datatype = datatype;
    into.rank = rank;
    into.shapeAt = object + this.tensor.bytes;
    into.nameAt = nameHead + this.strings.headBytes;
    into.nameBytes = nameBytes;
  }
}

function refuseTensor(what: string, value: number): never {
  throw new StubError("ERR_MESSAGE_INVALID", `a tensor in shared memory has ${what} ${value}`, {
    what,
    value,
  });
}
