/**
 * The elements of a BYTES tensor, one after the other: each is a 32-bit little-endian length, followed by that many bytes.
 *
 *     const elements = new ByteStrings(data);
 *     while (elements.next()) use(elements.text);
 */
@final
export class ByteStrings {
  /** Address of the current element, valid as long as the data. */
  start: usize = 0;
  /** Size of the current element in bytes. */
  length: u32 = 0;
  /** Whether the data end within an element; {@link next} has returned false then. */
  isCutOff: bool = false;
  private at: u32 = 0;

  constructor(private readonly data: StaticArray<u8>) {}

  /** Goes to the next element. @returns false after the last one, or when the data end within an element */
  next(): bool {
    const size = <u32>this.data.length;
    const rest = size - this.at;
    if (rest == 0) return false;
    const from = changetype<usize>(this.data) + this.at;
    if (rest < 4 || load<u32>(from) > rest - 4) {
      this.isCutOff = true;
      return false;
    }
    this.length = load<u32>(from);
    this.start = from + 4;
    this.at += 4 + this.length;
    return true;
  }

  /** The current element as text. */
  get text(): string {
    return String.UTF8.decodeUnsafe(this.start, this.length);
  }

  /** The current element as bytes of its own. */
  get bytes(): StaticArray<u8> {
    const copy = new StaticArray<u8>(this.length);
    memory.copy(changetype<usize>(copy), this.start, this.length);
    return copy;
  }
}

/** Collects elements for a BYTES tensor. */
@final
export class ByteStringsWriter {
  private buffer: StaticArray<u8> = new StaticArray<u8>(256);
  private used: u32 = 0;
  private elements: i64 = 0;

  /** Number of elements. */
  get count(): i64 {
    return this.elements;
  }

  /** Size of all elements with their lengths. */
  get byteSize(): u32 {
    return this.used;
  }

  /** Address of the first element's length; valid until the next element is added. */
  get start(): usize {
    return changetype<usize>(this.buffer);
  }

  addText(text: string): void {
    const bytes = String.UTF8.encode(text);
    this.add(changetype<usize>(bytes), bytes.byteLength);
  }

  /** Adds the `length` bytes at `source`. */
  add(source: usize, length: u32): void {
    const end = <u64>this.used + 4 + length;
    this.reserve(end);
    const to = this.start + this.used;
    store<u32>(to, length);
    memory.copy(to + 4, source, length);
    this.used = <u32>end;
    this.elements += 1;
  }

  private reserve(size: u64): void {
    const room = <u64>this.buffer.length;
    if (size <= room) return;
    // A larger one would be the whole memory: the allocation traps.
    const wanted = max(size, 2 * room);
    const larger = new StaticArray<u8>(<i32>min(wanted, <u64>i32.MAX_VALUE));
    memory.copy(changetype<usize>(larger), this.start, this.used);
    this.buffer = larger;
  }
}
