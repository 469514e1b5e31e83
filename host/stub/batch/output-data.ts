import type { Heap } from "../../shm/heap.js";
import { DATATYPES } from "../../wire/datatypes.js";

const LENGTH_BYTES = 4;
const COUNTED_ELEMENT_BYTES = 4;

/** The data of an output that the guest writes piece by piece. Offsets and sizes in bytes. */
export class OutputData {
  readonly output: number;
  private readonly heap: Heap;
  private readonly dataAt: number;
  private readonly dataBytes: number;
  /** Elements of a BYTES tensor, -1 for another datatype. */
  private readonly bytesElements: number;
  /** Everything before has been written or zeroed: the block has the bytes of whoever had it before. */
  private filledTo = 0;

  /** @param bytesElements number of elements of a BYTES tensor, -1 for another datatype */
  constructor(
    heap: Heap,
    output: number,
    dataAt: number,
    dataBytes: number,
    bytesElements: number,
  ) {
    this.heap = heap;
    this.output = output;
    this.dataAt = dataAt;
    this.dataBytes = dataBytes;
    this.bytesElements = bytesElements;
  }

  get byteSize(): number {
    return this.dataBytes;
  }

  /** @param offset within the data, as is its end */
  write(offset: number, source: Uint8Array, at: number, length: number): void {
    this.zeroTo(offset);
    this.heap.region.bytes.set(source.subarray(at, at + length), this.dataAt + offset);
    this.filledTo = Math.max(this.filledTo, offset + length);
  }

  /**
   * Zeroes what has never been written, and looks whether a BYTES tensor is as many elements, each a length and that many
   * bytes, as its shape says.
   * @returns what is wrong, undefined when nothing is
   */
  finish(): string | undefined {
    this.zeroTo(this.dataBytes);
    return this.bytesElements < 0 ? undefined : this.bytesFault(this.bytesElements);
  }

  private bytesFault(elements: number): string | undefined {
    const { view } = this.heap.region;
    let offset = 0;
    for (let element = 0; element < elements; element++) {
      const rest = this.dataBytes - offset;
      if (rest < LENGTH_BYTES)
        return `element ${element} of ${elements} is missing at byte ${offset}`;
      const length = view.getUint32(this.dataAt + offset, true);
      if (length > rest - LENGTH_BYTES) {
        return `element ${element} at byte ${offset} claims ${length} bytes, but ${rest - LENGTH_BYTES} are left`;
      }
      offset += LENGTH_BYTES + length;
    }
    return offset === this.dataBytes
      ? undefined
      : `its ${elements} elements end at byte ${offset} of ${this.dataBytes}`;
  }

  private zeroTo(offset: number): void {
    if (offset <= this.filledTo) return;
    this.heap.core.zeroBytes(this.dataAt + this.filledTo, offset - this.filledTo);
    this.filledTo = offset;
  }
}

/**
 * What a tensor counts against a model's limit of outputs: an element at least 4 bytes. A server that answers in JSON keeps some 64
 * bytes for each element, however small it is.
 */
export function countedBytes(datatype: number, dataBytes: number): number {
  const elementBytes = DATATYPES[datatype]?.bytes ?? 0;
  // An element of BYTES has its length of 4 bytes in front of it.
  const least = elementBytes === 0 ? 1 : COUNTED_ELEMENT_BYTES / elementBytes;
  return dataBytes * Math.max(1, least);
}

/** Bytes of a tensor of this shape; NaN for a datatype whose elements have no fixed size or that does not exist. */
export function tensorBytes(datatype: number, shape: readonly number[]): number {
  const elementBytes = DATATYPES[datatype]?.bytes ?? 0;
  return elementBytes === 0 ? Number.NaN : elementBytes * elementCount(shape);
}

/** Exact as far as a tensor can be, and in no case NaN. */
export function elementCount(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((product, dimension) => product * dimension, 1);
}
