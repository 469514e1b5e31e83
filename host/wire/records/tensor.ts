import { TENSOR_MAX_RANK } from "../../limits.js";
import {
  type Handle,
  NO_HANDLE,
  type ObjectOffset,
  objectWithin,
  offsetBy,
  type RegionOffset,
} from "../../numbers.js";
import { handleOf, OWNERSHIP_BYTES, objectAt } from "../../shm/ownership.js";
import { DATATYPES } from "../datatypes.js";
import { inputOnGpu, invalidTensor } from "../errors.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import { DIMENSION_BYTES } from "../sizes.js";
import type { StringCodec } from "../strings.js";
import type { WireWriter } from "../writer.js";

const NOWHERE = 0 as RegionOffset;

/** The places of the parts of a tensor. The object is re-used. Sizes are in bytes. */
export class TensorRecord {
  datatype = 0;
  rank = 0;
  /** The tensor's block. */
  block = NO_HANDLE;
  /** `rank` signed 64-bit numbers. */
  shapeAt = NOWHERE;
  nameAt = NOWHERE;
  nameBytes = 0;
  dataAt = NOWHERE;
  dataBytes = 0;
  /** Handle of the block with the data; {@link NO_HANDLE} when the data is in the tensor's own block, and no other tensor shares it. */
  memory = NO_HANDLE;
  /** A copy of the name, after {@link TensorCodec.shareMemory} has overwritten it in the region. */
  savedName: Uint8Array | undefined;
}

/** The properties that determine the size of a tensor's block. */
export interface TensorForm {
  /** An index of `DATATYPES`. */
  readonly datatype: number;
  readonly rank: number;
  readonly nameBytes: number;
  readonly dataBytes: number;
}

/** `TRITONSERVER_MemoryType`. */
const MEMORY_CPU = 0;
const MEMORY_CPU_PINNED = 1;
/** A reference count that never becomes 0: the memory is not a block of its own, so it must not be freed. */
const PINNED_REFERENCES = 1 << 20;

/**
 * Number of references to the data of a tensor that {@link TensorCodec.fillSharing} has shared, whose memory is not a block of its own.
 * @param memory a handle of such data
 */
export function sharedReferences(reader: WireReader, memory: number): number {
  return reader.u32(memory as RegionOffset, 0) - PINNED_REFERENCES;
}

/**
 * A tensor has one block; its data may be in another block:
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
   * @throws StubError ERR_MESSAGE_INVALID, ERR_REGION_BOUNDS when the bytes are not a tensor within the region
   */
  decode(reader: WireReader, handleAt: RegionOffset, into: TensorRecord): void {
    into.savedName = undefined;
    into.block = reader.handle(handleAt, 0);
    const object = reader.objectOf(into.block, this.tensor.bytes, "a tensor");
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
   * Lets another tensor refer to the data of this one, without a copy. Data in the tensor's own block gets an ownership header before its
   * MemoryShm:
   *
   * ```
   *  TensorShm | int64 x rank | StringShm | name | MemoryShm | data
   *                                  ^-- 16 bytes --^ handle + 16; at the handle is the pinned reference count
   * ```
   *
   * The header overwrites bytes of the name, which the server does not read again (docs/internals/protocol.md 2.6).
   * @param tensor a decoded tensor
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

  /** Handles of the blocks of a decoded tensor. */
  blocksOf({ shapeAt, memory, savedName }: TensorRecord): Handle[] {
    const own = handleOf(objectWithin(shapeAt, -this.tensor.bytes));
    // After shareMemory, `memory` is within the tensor's own block.
    return memory === NO_HANDLE || savedName !== undefined ? [own] : [own, memory];
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
   * Writes a tensor that refers to the data of another one, except shape and name. Stores the offsets of these two in `into`.
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
   * As {@link fillSharing}, for data in a block of its own.
   * @param memory handle of that block
   */
  fillReferring(
    writer: WireWriter,
    handle: Handle,
    form: TensorForm,
    memory: Handle,
    into: TensorRecord,
  ): void {
    this.fillHead(writer, handle, form, memory, into);
  }

  /**
   * Writes a tensor, except shape, name and data. Stores the offsets of these three in `into`.
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
