import koffi from "koffi";
import { extendSharedMemory, mapOver, sharedMemorySize } from "../libc/shm.js";
import { REGION_MAX_BYTES, REGION_MEMORY_PAGES, REGION_VIEW_MIN_BYTES } from "../limits.js";
import type { Address } from "../numbers.js";
import {
  CANNOT_GROW,
  cannotGrow,
  noAddressSpace,
  regionTooLarge,
  regionTruncated,
} from "./errors.js";

const PAGE_BYTES = 4_096;

/** What another thread needs to use the same mapping. */
export interface RegionShare {
  readonly memory: WebAssembly.Memory;
  readonly fd: number;
  readonly mappedBytes: number;
}

/**
 * Makes the memory that a region is mapped into: 4 GiB of address space without committed pages.
 * @throws StubError ERR_ENVIRONMENT when a limit of the process leaves no room for it
 */
export function createRegionMemory(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({
      initial: REGION_MEMORY_PAGES,
      maximum: REGION_MEMORY_PAGES,
      shared: true,
    });
  } catch (error) {
    throw noAddressSpace(error);
  }
}

/**
 * A POSIX shared-memory object mapped into the linear memory of the core, so that an offset in the region is an offset
 * in WASM memory. Several threads may hold a Region on the same memory; each notices growth by itself.
 *
 * ```
 *  memory:  | region, MAP_SHARED over the first mappedBytes | untouched anonymous pages ... 4 GiB |
 *           ^ base (address in this process)
 * ```
 */
export class Region {
  readonly memory: WebAssembly.Memory;
  readonly fd: number;
  /** Address of offset 0. */
  readonly base: Address;
  /**
   * The mapping as a plain ArrayBuffer: TypedArray.set on a shared buffer is four times slower (docs/internals/sandbox.md 2d). A growth of
   * the region may replace the object, so do not keep it across calls that may enlarge the region.
   */
  bytes!: Uint8Array;
  /** The same bytes; a growth may replace this object as well. */
  view!: DataView;
  /** Number of mapped bytes: no access may go beyond them. */
  mappedBytes = 0;
  /** Size that {@link reserve} has made room for; 0 when it has not been called since the last growth. */
  private reservedTo = 0;

  private constructor(memory: WebAssembly.Memory, fd: number) {
    this.memory = memory;
    this.fd = fd;
    this.base = Number(koffi.address(new Uint8Array(memory.buffer))) as Address;
    this.mapViews(REGION_VIEW_MIN_BYTES);
  }

  /**
   * Maps the whole object behind `fd`, or its first `prefixBytes`.
   * @throws StubError ERR_REGION_SIZE when it does not fit 32 bits, ERR_SYSTEM_CALL when mmap fails
   */
  static map(fd: number, prefixBytes?: number): Region {
    const region = new Region(createRegionMemory(), fd);
    region.extendMapping(prefixBytes ?? sharedMemorySize(fd));
    return region;
  }

  /** The mapping of another thread of this process. */
  static attach(share: RegionShare): Region {
    const region = new Region(share.memory, share.fd);
    region.setMapped(share.mappedBytes);
    return region;
  }

  share(): RegionShare {
    return { memory: this.memory, fd: this.fd, mappedBytes: this.mappedBytes };
  }

  /**
   * Maps the bytes that the server has added. Pages do not move, so offsets and views remain valid.
   * @param bytes the size that the region declares in its `total size`; checked against the size of the object
   */
  extendMapping(bytes: number): void {
    if (bytes > REGION_MAX_BYTES) throw regionTooLarge(bytes);
    const objectBytes = sharedMemorySize(this.fd);
    if (bytes > objectBytes) throw regionTruncated(bytes, objectBytes);
    const from = Math.floor(this.mappedBytes / PAGE_BYTES) * PAGE_BYTES;
    if (bytes > from) mapOver(this.base + from, this.fd, from, bytes - from);
    this.setMapped(bytes);
  }

  /**
   * Enlarges the object and reserves its pages, so that a full file system is an error here, and not a SIGBUS later.
   * @throws StubError ERR_REGION_SIZE, ERR_REGION_FULL
   */
  growObject(newBytes: number): void {
    this.reserve(newBytes);
    this.extendMapping(newBytes);
  }

  /**
   * The slow part of {@link growObject}: the kernel clears each page. It needs no mutex, since neither side uses the new pages before the
   * size of the heap includes them. If the server enlarges the region meanwhile, {@link growObject} reserves again.
   * @throws StubError ERR_REGION_SIZE, ERR_REGION_FULL
   */
  reserve(newBytes: number): void {
    if (newBytes > REGION_MAX_BYTES) throw regionTooLarge(newBytes, `${CANNOT_GROW}: `);
    if (newBytes <= this.reservedTo) return;
    const errno = extendSharedMemory(this.fd, this.mappedBytes, newBytes);
    if (errno !== 0) throw cannotGrow(this.mappedBytes, newBytes, errno);
    this.reservedTo = newBytes;
  }

  private setMapped(bytes: number): void {
    let viewed = this.bytes.length;
    while (viewed < bytes) viewed = Math.min(2 * viewed, REGION_MAX_BYTES);
    if (viewed > this.bytes.length) this.mapViews(viewed);
    this.mappedBytes = bytes;
    this.reservedTo = 0;
  }

  private mapViews(bytes: number): void {
    const plain = koffi.view(BigInt(this.base), bytes);
    this.bytes = new Uint8Array(plain);
    this.view = new DataView(plain);
  }
}
