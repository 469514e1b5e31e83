import { TENSOR_MAX_RANK } from "../../limits.js";
import {
  type Handle,
  NO_HANDLE,
  type ObjectOffset,
  objectWithin,
  offsetBy,
  type RegionOffset,
} from "../../numbers.js";
import { OWNERSHIP_BYTES, objectAt } from "../../shm/ownership.js";
import { DATATYPES } from "../datatypes.js";
import { inputOnGpu, invalidTensor } from "../errors.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import { DIMENSION_BYTES } from "../sizes.js";
import type { StringCodec } from "../strings.js";
import type { WireWriter } from "../writer.js";

const NOWHERE = 0 as RegionOffset;

/** Where a tensor's parts are in the region; re-used from request to request. Sizes in bytes. */
export class TensorRecord {
  datatype = 0;
  rank = 0;
  /** `rank` signed 64-bit numbers. */
  shapeAt = NOWHERE;
  nameAt = NOWHERE;
  nameBytes = 0;
  dataAt = NOWHERE;
  dataBytes = 0;
  /** The block that has the data; {@link NO_HANDLE} as long as the data lies in the tensor's own block only. */
  memory = NO_HANDLE;
  /** The name, once {@link TensorCodec.shareMemory} has written over it in the region. */
  savedName: Uint8Array | undefined;
}

/** What the size of a tensor's block follows from. */
export interface TensorForm {
  /** Of `DATATYPES`. */
  readonly datatype: number;
  readonly rank: number;
  readonly nameBytes: number;
  readonly dataBytes: number;
}

/** `TRITONSERVER_MemoryType`. */
const MEMORY_CPU = 0;
const MEMORY_CPU_PINNED = 1;
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
  private readonly tensor;
  private readonly memory;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.tensor = offsetsOf(layout, "TensorShm", "memory", "dtype", "dims_count");
    this.memory = offsetsOf(layout, "MemoryShm", "memory_type", "byte_size");
    this.strings = strings;
  }

  /**
   * Decodes the tensor whose handle is stored at `handleAt`.
   * @throws StubError ERR_MESSAGE_INVALID, ERR_REGION_BOUNDS when the bytes make no tensor inside the region
   */
  decode(reader: WireReader, handleAt: RegionOffset, into: TensorRecord): void {
    into.savedName = undefined;
    const object = reader.object(handleAt, 0, this.tensor.bytes, "a tensor");
    into.datatype = reader.u32(object, this.tensor.dtype);
    into.rank = reader.u64(object, this.tensor.dims_count);
    if (into.datatype >= DATATYPES.length) throw invalidTensor("datatype", into.datatype);
    if (into.rank > TENSOR_MAX_RANK) throw invalidTensor("rank", into.rank);
    into.shapeAt = offsetBy(object, this.tensor.bytes);
    const nameHead = this.nameHead(object, into.rank);
    into.nameBytes = this.strings.lengthAt(reader, nameHead);
    into.nameAt = offsetBy(nameHead, this.strings.headBytes);
    reader.requireRange(into.nameAt, into.nameBytes, "a tensor's name");
    const handle = reader.handle(object, this.tensor.memory);
    const memory =
      handle === NO_HANDLE
        ? objectWithin(into.nameAt, into.nameBytes)
        : reader.objectOf(handle, this.memory.bytes, "a tensor's memory");
    const memoryType = reader.u32(memory, this.memory.memory_type);
    if (memoryType !== MEMORY_CPU && memoryType !== MEMORY_CPU_PINNED) {
      throw inputOnGpu(reader.text(into.nameAt, into.nameBytes), memoryType);
    }
    into.memory = handle;
    into.dataBytes = reader.u64(memory, this.memory.byte_size);
    into.dataAt = offsetBy(memory, this.memory.bytes);
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
  private shareMemory(writer: WireWriter, tensor: TensorRecord): Handle {
    if (tensor.memory === NO_HANDLE) {
      tensor.savedName = writer.saved(tensor.nameAt, tensor.nameBytes);
      tensor.memory = (tensor.dataAt - this.memory.bytes - OWNERSHIP_BYTES) as Handle;
      writer.references(tensor.memory, PINNED_REFERENCES);
    }
    return tensor.memory;
  }

  /** Size of the object that {@link fillSharing} fills. */
  sharingBytes({ rank, nameBytes }: TensorForm): number {
    return this.tensor.bytes + rank * DIMENSION_BYTES + this.strings.headBytes + nameBytes;
  }

  /** Size of the object that {@link fill} fills. */
  objectBytes(form: TensorForm): number {
    return this.sharingBytes(form) + this.memory.bytes + form.dataBytes;
  }

  /**
   * Writes everything but shape and name of a tensor whose data is another one's, and says in `into` where those two go.
   * @param handle of a block of {@link sharingBytes}
   * @param source a decoded tensor
   */
  fillSharing(
    writer: WireWriter,
    handle: Handle,
    form: TensorForm,
    { source, into }: { readonly source: TensorRecord; readonly into: TensorRecord },
  ): void {
    const memory = this.shareMemory(writer, source);
    this.fillHead(writer, handle, form, memory, into);
    into.dataAt = source.dataAt;
    into.dataBytes = source.dataBytes;
  }

  /**
   * Writes everything but shape, name and data into a constructed block, and says in `into` where those three go.
   * @param handle of a block of {@link objectBytes}
   */
  fill(writer: WireWriter, handle: Handle, form: TensorForm, into: TensorRecord): void {
    this.fillHead(writer, handle, form, NO_HANDLE, into);
    const memory = offsetBy(into.nameAt, form.nameBytes);
    writer.zero(memory, this.memory.bytes);
    writer.u64(memory, this.memory.byte_size, form.dataBytes);
    into.dataAt = offsetBy(memory, this.memory.bytes);
    into.dataBytes = form.dataBytes;
  }

  private fillHead(
    writer: WireWriter,
    handle: Handle,
    { datatype, rank, nameBytes }: TensorForm,
    memory: Handle,
    into: TensorRecord,
  ): void {
    const object = objectAt(handle);
    writer.zero(object, this.tensor.bytes);
    writer.handle(object, this.tensor.memory, memory);
    writer.u32(object, this.tensor.dtype, datatype);
    writer.u64(object, this.tensor.dims_count, rank);
    const nameHead = this.nameHead(object, rank);
    this.strings.writeEmbeddedHead(writer, nameHead, nameBytes);
    into.datatype = datatype;
    into.rank = rank;
    into.shapeAt = offsetBy(object, this.tensor.bytes);
    into.nameAt = offsetBy(nameHead, this.strings.headBytes);
    into.nameBytes = nameBytes;
  }

  private nameHead(object: ObjectOffset, rank: number): ObjectOffset {
    return objectWithin(object, this.tensor.bytes + rank * DIMENSION_BYTES);
  }
}
