import koffi from "koffi";
import { mapOver } from "../../libc/shm.js";
import { FIELDS, MAPPING_BYTES, MAPPING_VERSION, placesOf, TEXT_BYTES } from "./mapping-table.js";

const PAGE_BYTES = 65_536;
const places = placesOf(FIELDS);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A field of 32 bits, or 32 bits of a list. */
export class Word {
  private readonly words: Int32Array;
  private readonly index: number;

  constructor(words: Int32Array, index: number) {
    this.words = words;
    this.index = index;
  }

  /** Offset in the mapping in bytes. */
  get place(): number {
    return this.index * 4;
  }

  get value(): number {
    return Atomics.load(this.words, this.index) >>> 0;
  }

  set value(value: number) {
    Atomics.store(this.words, this.index, value);
  }
}

/** The memory that the guard and its executors share, field by field (mapping-table.ts). */
export class Mapping {
  private readonly memory: WebAssembly.Memory;
  private readonly words: Int32Array;

  private constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.words = new Int32Array(memory.buffer);
  }

  /** A mapping that no guard reads. */
  static unshared(): Mapping {
    const pages = Math.ceil(MAPPING_BYTES / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    return new Mapping(memory);
  }

  /**
   * Maps the guard's file in memory.
   * @throws Error when the guard is of another build
   */
  static map(fd: number): Mapping {
    const mapping = Mapping.unshared();
    mapOver(Number(koffi.address(new Uint8Array(mapping.memory.buffer))), fd, 0, MAPPING_BYTES);
    const version = mapping.get("version");
    if (version !== MAPPING_VERSION) {
      throw new Error(
        `the guard uses version ${version} of the shared mapping, but the executor uses ${MAPPING_VERSION}: install the backend again`,
      );
    }
    return mapping;
  }

  /** Access to a field that is used often: {@link get} and {@link set} look up its place each time. */
  word(field: string): Word {
    return new Word(this.words, this.indexOf(field));
  }

  /** Access to each number of a field that is a list of 32-bit numbers. */
  wordsOf(field: string): Word[] {
    const { offset, bytes } = placeOf(field);
    return Array.from(
      { length: bytes / 4 },
      (_, index) => new Word(this.words, offset / 4 + index),
    );
  }

  /** Access to 32 bits at an offset in bytes, which is a multiple of 4. */
  wordAt(place: number): Word {
    return new Word(this.words, place / 4);
  }

  get(field: string): number {
    return this.word(field).value;
  }

  set(field: string, value: number): void {
    this.word(field).value = value;
  }

  /** Index of a field in {@link atomics}. */
  indexOf(field: string): number {
    return placeOf(field).offset / 4;
  }

  /** The whole mapping as words for `Atomics`. */
  get atomics(): Int32Array {
    return this.words;
  }

  getText(field: string): string {
    const length = Math.min(this.get(`${field}_length`), TEXT_BYTES);
    // A copy, since decoders reject shared memory.
    return decoder.decode(this.bytes(field).slice(0, length));
  }

  setText(field: string, text: string): void {
    const bytes = encoder.encode(text).subarray(0, TEXT_BYTES);
    this.bytes(field).set(bytes);
    this.set(`${field}_length`, bytes.length);
  }

  bytes(field: string): Uint8Array {
    const { offset, bytes } = placeOf(field);
    return new Uint8Array(this.memory.buffer, offset, bytes);
  }

  /** A field that is a list of 32-bit numbers. */
  uint32s(field: string): Uint32Array {
    const { offset, bytes } = placeOf(field);
    return new Uint32Array(this.memory.buffer, offset, bytes / 4);
  }

  /** A field that is a list of 64-bit floating-point numbers. */
  doubles(field: string): Float64Array {
    const { offset, bytes } = placeOf(field);
    return new Float64Array(this.memory.buffer, offset, bytes / 8);
  }
}

function placeOf(field: string) {
  const place = places.get(field);
  if (place === undefined) throw new Error(`the mapping has no field '${field}'`);
  return place;
}
