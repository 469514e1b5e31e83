import type { ObjectOffset } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { unknownCorrelationIdType } from "../errors.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { StringCodec } from "../strings.js";
import type { WireWriter } from "../writer.js";

/** The sequence that a request belongs to: up to 24.03 a number, from 24.04 on a number or a string. */
export type CorrelationId = bigint | string;

/** Values of `id_type`. The block always has fields for a number and a string; the type selects one of them. */
const NUMBER = 0;
const TEXT = 1;

/** The correlation id of a request: up to 24.03 a field of the request, from 24.04 on a block of its own. */
export class CorrelationIdCodec {
  private readonly field: number;
  private readonly block;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    const request = "InferRequestShm";
    if (layout.structs.CorrelationIdShm === undefined) {
      this.field = offsetsOf(layout, request, "correlation_id").correlation_id;
      return;
    }
    this.field = offsetsOf(layout, request, "correlation_id_shm_handle").correlation_id_shm_handle;
    this.block = offsetsOf(
      layout,
      "CorrelationIdShm",
      "id_string_shm_handle",
      "id_uint",
      "id_type",
    );
  }

  /** Whether a correlation id may be a string. */
  get carriesTexts(): boolean {
    return this.block !== undefined;
  }

  isText(reader: WireReader, request: ObjectOffset): boolean {
    if (this.block === undefined) return false;
    const id = reader.object(request, this.field, this.block.bytes, "a correlation id");
    return reader.u32(id, this.block.id_type) === TEXT;
  }

  read(reader: WireReader, request: ObjectOffset): CorrelationId {
    if (this.block === undefined) return reader.bigU64(request, this.field);
    const id = reader.object(request, this.field, this.block.bytes, "a correlation id");
    const type = reader.u32(id, this.block.id_type);
    if (type === NUMBER) return reader.bigU64(id, this.block.id_uint);
    if (type === TEXT) return this.strings.read(reader, id, this.block.id_string_shm_handle);
    throw unknownCorrelationIdType(type);
  }

  /** @param id a string only if {@link carriesTexts} is true */
  writeLocked(writer: WireWriter, request: ObjectOffset, id: CorrelationId): void {
    const number = typeof id === "bigint" ? id : 0n;
    if (this.block === undefined) {
      writer.bigU64(request, this.field, number);
      return;
    }
    const text = this.strings.writeLocked(writer, typeof id === "string" ? id : "");
    const handle = writer.constructZeroedLocked(this.block.bytes);
    const object = objectAt(handle);
    writer.handle(object, this.block.id_string_shm_handle, text);
    writer.bigU64(object, this.block.id_uint, number);
    writer.u32(object, this.block.id_type, typeof id === "string" ? TEXT : NUMBER);
    writer.handle(request, this.field, handle);
  }
}
