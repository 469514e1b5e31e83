import type { HostFunction } from "../border.js";
import type { WASI_FILE_FUNCTIONS } from "./abi.js";
import type { WasiFiles } from "./wasi-files.js";

/** Where a seek begins: at the current position. */
const CURRENT = 1;

/** The functions that a model without files cannot use. */
export function fileFunctions(
  files: WasiFiles,
): Record<keyof typeof WASI_FILE_FUNCTIONS, HostFunction> {
  return {
    fd_advise: (fd: number) => files.advise(fd),
    fd_filestat_get: (fd: number, target: number) => files.filestat(fd, target),
    fd_pread: (fd: number, vectors: number, count: number, offset: bigint, target: number) =>
      files.readFrom(fd, vectors, count, offset, target),
    fd_readdir: (fd: number, buffer: number, length: number, cookie: bigint, target: number) =>
      files.readFolder(fd, buffer, length, cookie, target),
    fd_tell: (fd: number, target: number) => files.seek(fd, 0n, CURRENT, target),
    path_filestat_get: (fd: number, _flags: number, path: number, length: number, target: number) =>
      files.pathFilestat(fd, path, length, target),
    path_open: (
      fd: number,
      _lookup: number,
      path: number,
      length: number,
      flags: number,
      _rights: bigint,
      _inherited: bigint,
      _fdFlags: number,
      target: number,
    ) => files.pathOpen(fd, path, length, flags, target),
  };
}
