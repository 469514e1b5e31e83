import { type Handle, NO_HANDLE, type RegionOffset } from "../../numbers.js";
import { DIMENSION_BYTES } from "../../wire/sizes.js";
import { BatchOutputs } from "./batch-outputs.js";

/** A tensor whose data another output may refer to. */
export interface ForwardedTensor {
  readonly datatype: number;
  readonly shape: readonly bigint[];
  /** Handle of the block with the data; {@link NO_HANDLE}: the data is in the tensor's own block, and is copied. */
  readonly memory: Handle;
  readonly dataAt: RegionOffset;
  readonly dataBytes: number;
}

/** The outputs that have the data of another tensor. No byte is copied. */
export class SharedOutputs extends BatchOutputs {
  copyInputToOutput(request: number, output: number, input: number): boolean {
    const { heap, writer, dialect } = this.endpoint;
    const { tensors } = dialect;
    const source = this.input(request, input);
    const { datatype, rank, dataBytes } = source;
    const name = this.request(request).outputs[output]!;
    const form = { datatype, rank, nameBytes: name.bytes, dataBytes };
    const objectBytes = tensors.sharingBytes(form);
    const handle = this.constructOutput(request, output, form, objectBytes);
    if (handle === NO_HANDLE) return false;
    const { target } = this;
    // The output refers to the bytes of the input: the server frees no request before it has copied all responses.
    tensors.fillSharing(writer, handle, form, { source, into: target });
    heap.core.copyBytes(target.nameAt, name.at, name.bytes);
    heap.core.copyBytes(target.shapeAt, source.shapeAt, rank * DIMENSION_BYTES);
    return true;
  }

  /**
   * Creates a requested output with the data of a block, without a copy. The output holds the block.
   * @returns as {@link copyInputToOutput}
   */
  forwardOutput(request: number, output: number, from: ForwardedTensor): boolean {
    const { heap, writer, dialect } = this.endpoint;
    const { tensors } = dialect;
    const { datatype, shape, dataBytes, memory } = from;
    const name = this.request(request).outputs[output]!;
    const form = { datatype, rank: shape.length, nameBytes: name.bytes, dataBytes };
    const isSeparate = memory !== NO_HANDLE;
    const bytes = isSeparate ? tensors.sharingBytes(form) : tensors.objectBytes(form);
    const handle = this.constructOutput(request, output, form, bytes);
    if (handle === NO_HANDLE) return false;
    const { target } = this;
    if (isSeparate) {
      heap.locked(() => heap.loadLocked(memory));
      tensors.fillReferring(writer, handle, form, memory, target);
    } else {
      tensors.fill(writer, handle, form, target);
      heap.core.copyBytes(target.dataAt, from.dataAt, dataBytes);
    }
    heap.core.copyBytes(target.nameAt, name.at, name.bytes);
    for (const [index, dimension] of shape.entries()) {
      writer.i64(target.shapeAt, index * DIMENSION_BYTES, dimension);
    }
    return true;
  }
}
