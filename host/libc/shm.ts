import { closeSync, fstatSync, ftruncateSync } from "node:fs";
import { systemCallError } from "./errors.js";
import { EINTR, lastErrno, libc } from "./library.js";

const O_RDWR = 2;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_CLOEXEC = 0o2000000;
const PROT_READ_WRITE = 1 | 2;
const MAP_SHARED = 1;
const MAP_FIXED = 0x10;
const FALLOC_FL_KEEP_SIZE = 1;

const shmOpen = libc.func("int shm_open(const char *name, int flags, unsigned int mode)");
const shmUnlink = libc.func("int shm_unlink(const char *name)");
const mmap = libc.func(
  "intptr_t mmap(uintptr_t address, size_t length, int prot, int flags, int fd, int64_t offset)",
);
const fallocate = libc.func("int fallocate(int fd, int mode, int64_t offset, int64_t length)");
const posixFallocate = libc.func("int posix_fallocate(int fd, int64_t offset, int64_t length)");

/**
 * Opens an existing POSIX shared-memory object read/write.
 * @returns a file descriptor
 */
export function openSharedMemory(name: string): number {
  const fd: number = shmOpen(`/${name}`, O_RDWR | O_CLOEXEC, 0o600);
  if (fd < 0) throw systemCallError("shm_open", lastErrno(), `shared-memory object '${name}'`);
  return fd;
}

/**
 * Creates a new object of `bytes` zeros, mode 0600.
 * @returns a file descriptor
 */
export function createSharedMemory(name: string, bytes: number): number {
  const fd: number = shmOpen(`/${name}`, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600);
  if (fd < 0) throw systemCallError("shm_open", lastErrno(), `new shared-memory object '${name}'`);
  try {
    ftruncateSync(fd, bytes);
  } catch (error) {
    closeSync(fd);
    unlinkSharedMemory(name);
    throw error;
  }
  return fd;
}

/**
 * Removes the name of an object. Mappings stay valid.
 * @returns false when the name did not exist
 */
export function unlinkSharedMemory(name: string): boolean {
  return shmUnlink(`/${name}`) === 0;
}

/** Size of the object behind `fd` in bytes. */
export function sharedMemorySize(fd: number): number {
  return fstatSync(fd).size;
}

/**
 * Extends the object from `oldBytes` to `newBytes`, and reserves the pages.
 * @returns errno; 0 on success (ENOSPC: full)
 */
export function extendSharedMemory(fd: number, oldBytes: number, newBytes: number): number {
  for (;;) {
    const errno: number = posixFallocate(fd, oldBytes, newBytes - oldBytes);
    if (errno !== EINTR) return errno;
  }
}

/**
 * Reserves the pages of the first `bytes` bytes. The size does not change.
 * @returns errno; 0 on success (ENOSPC: full)
 */
export function reservePages(fd: number, bytes: number): number {
  for (;;) {
    if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, bytes) === 0) return 0;
    const errno = lastErrno();
    if (errno !== EINTR) return errno;
  }
}

/** Maps bytes [offset, offset + length) of the object over the pages at `address` (both multiples of 4096). */
export function mapOver(address: number, fd: number, offset: number, length: number): void {
  const at: number = mmap(address, length, PROT_READ_WRITE, MAP_SHARED | MAP_FIXED, fd, offset);
  if (at === -1) throw systemCallError("mmap", lastErrno(), `${length} bytes of shared memory`);
}
