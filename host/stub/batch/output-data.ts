import type { RegionOffset } from "../../numbers.js";
import type { Heap } from "../../shm/heap.js";
import { DATATYPES } from "../../wire/datatypes.js";

const LENGTH_BYTES = 4;
const COUNTED_ELEMENT_BYTES = 4;

/** The data of an output that the guest writes in pieces. Offsets and sizes are in bytes. */
export class OutputData {
  readonly output: number;
  private readonly heap: Heap;
  private readonly dataAt: RegionOffset;
  private readonly dataBytes: number;
  /** Number of elements of a BYTES tensor; -1 for another datatype. */
  private readonly bytesElements: number;
  /** All data before this offset is written or zeroed. Behind it are the bytes of an earlier owner of the block. */
  private filledTo = 0;

  /** @param bytesElements number of elements of a BYTES tensor; -1 for another datatype */
  constructor(
    heap: Heap,
    output: number,
    dataAt: RegionOffset,
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

  /** @param offset position in the data. The caller has checked that `offset + length` does not exceed {@link byteSize} */
  write(offset: number, source: Uint8Array, at: number, length: number): void {
    this.zeroTo(offset);
    this.heap.region.bytes.set(source.subarray(at, at + length), this.dataAt + offset);
    this.filledTo = Math.max(this.filledTo, offset + length);
  }

  /**
   * Zeroes unwritten data. Checks that a BYTES tensor has the elements that its shape requires; each is a length in 4 bytes, followed by
   * that many bytes.
   * @returns what is wrong; undefined when the data is valid
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
        return `element ${element} at byte ${offset} declares ${length} bytes, but only ${rest - LENGTH_BYTES} remain`;
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
 * The bytes that a tensor counts towards a model's limit of outputs: at least 4 for each element. A server that answers in JSON keeps about
 * 64 bytes for each element, however small the element is.
 */
export function countedBytes(datatype: number, dataBytes: number): number {
  const elementBytes = DATATYPES[datatype]?.bytes ?? 0;
  // An element of BYTES begins with a length of 4 bytes.
  const least = elementBytes === 0 ? 1 : COUNTED_ELEMENT_BYTES / elementBytes;
  return dataBytes * Math.max(1, least);
}

/** Size of a tensor in bytes; NaN for a datatype that does not exist, or whose elements have no fixed size. */
export function tensorBytes(datatype: number, shape: readonly number[]): number {
  const elementBytes = DATATYPES[datatype]?.bytes ?? 0;
  return elementBytes === 0 ? Number.NaN : elementBytes * elementCount(shape);
}

/** Exact up to 2^53, and never NaN: a dimension of 0 wins over an infinite product. */
export function elementCount(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((product, dimension) => product * dimension, 1);
}
