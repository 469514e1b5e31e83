import { FILES_OPEN_MAX, WASI_VECTORS_MAX } from "../../limits.js";
import type { Border } from "../border.js";
import type { GuestFiles } from "../services.js";
import { ERRNO } from "./abi.js";
import * as record from "./file-records.js";
import {
  type FileFolder,
  type FileNode,
  fileTree,
  type PathFault,
  resolvePath,
} from "./file-tree.js";

/** The descriptor of the folder, which is open from the beginning. */
const ROOT_FD = 3;
/** The folder's path for the guest. */
const ROOT_NAME = "/files";
const OPEN_CREATE = 1;
const OPEN_DIRECTORY = 2;
const OPEN_EXCLUSIVE = 4;
const OPEN_TRUNCATE = 8;
const VECTOR_BYTES = 8;
const PATH_MAX_BYTES = 4_096;

const ERRNO_OF: Readonly<Record<PathFault, number>> = {
  outside: ERRNO.notcapable,
  missing: ERRNO.noent,
  "not a folder": ERRNO.notdir,
};

interface OpenNode {
  readonly node: FileNode;
  position: number;
}

/** The descriptors of the model's files that a guest has open through WASI. All of them are for reading. */
export class WasiFiles {
  private readonly border: Border;
  private readonly files: GuestFiles;
  private readonly open = new Map<number, OpenNode>();

  constructor(border: Border, files: GuestFiles) {
    this.border = border;
    this.files = files;
    this.open.set(ROOT_FD, { node: fileTree(files.names), position: 0 });
  }

  close(fd: number): number {
    return this.open.delete(fd >>> 0) ? ERRNO.success : ERRNO.badf;
  }

  prestat(fd: number, target: number): number {
    if (fd !== ROOT_FD || !this.open.has(fd)) return ERRNO.badf;
    record.putPrestat(
      this.view(target, record.PRESTAT_BYTES, "a folder's state"),
      ROOT_NAME.length,
    );
    return ERRNO.success;
  }

  prestatName(fd: number, target: number, length: number): number {
    if (fd !== ROOT_FD || !this.open.has(fd)) return ERRNO.badf;
    if (length >>> 0 < ROOT_NAME.length) return ERRNO.nametoolong;
    this.border.write(ROOT_NAME, target, length, "a buffer for a folder's name");
    return ERRNO.success;
  }

  fdstat(fd: number, target: number): number {
    const open = this.open.get(fd >>> 0);
    if (open === undefined) return ERRNO.badf;
    const view = this.view(target, record.FDSTAT_BYTES, "a descriptor's state");
    record.putFdstat(view, open.node.kind === "folder");
    return ERRNO.success;
  }

  filestat(fd: number, target: number): number {
    const open = this.open.get(fd >>> 0);
    return open === undefined ? ERRNO.badf : this.putFilestat(open.node, target);
  }

  pathFilestat(fd: number, path: number, length: number, target: number): number {
    const found = this.resolve(fd, path, length);
    return typeof found === "number" ? found : this.putFilestat(found, target);
  }

  /** `path_open`. The rights that the guest asks for do not matter: every descriptor can only be read. */
  pathOpen(fd: number, path: number, length: number, flags: number, target: number): number {
    const opened = this.view(target, 4, "a descriptor");
    const found = this.resolve(fd, path, length);
    if (found === ERRNO.noent && (flags & OPEN_CREATE) !== 0) return ERRNO.rofs;
    if (typeof found === "number") return found;
    if ((flags & OPEN_CREATE) !== 0 && (flags & OPEN_EXCLUSIVE) !== 0) return ERRNO.exist;
    if ((flags & OPEN_TRUNCATE) !== 0) return ERRNO.rofs;
    if ((flags & OPEN_DIRECTORY) !== 0 && found.kind !== "folder") return ERRNO.notdir;
    if (this.open.size >= FILES_OPEN_MAX) return ERRNO.mfile;
    let next = ROOT_FD;
    while (this.open.has(next)) next++;
    this.open.set(next, { node: found, position: 0 });
    opened.setUint32(0, next, true);
    return ERRNO.success;
  }

  read(fd: number, vectors: number, count: number, target: number): number {
    const open = this.open.get(fd >>> 0);
    if (open === undefined) return ERRNO.badf;
    return this.readAt(open.node, open.position, { vectors, count, target }, (bytes) => {
      open.position += bytes;
    });
  }

  /** `fd_pread` */
  readFrom(fd: number, vectors: number, count: number, offset: bigint, target: number): number {
    const open = this.open.get(fd >>> 0);
    if (open === undefined) return ERRNO.badf;
    const from = BigInt.asUintN(64, offset);
    if (from > Number.MAX_SAFE_INTEGER) return ERRNO.inval;
    return this.readAt(open.node, Number(from), { vectors, count, target }, () => {});
  }

  seek(fd: number, offset: bigint, whence: number, target: number): number {
    const open = this.open.get(fd >>> 0);
    if (open === undefined) return ERRNO.badf;
    if (open.node.kind === "folder") return ERRNO.isdir;
    const from = [0, open.position, this.files.size(open.node.index)][whence >>> 0];
    if (from === undefined) return ERRNO.inval;
    const position = BigInt(from) + offset;
    if (position < 0n || position > Number.MAX_SAFE_INTEGER) return ERRNO.inval;
    this.view(target, 8, "a position").setBigUint64(0, position, true);
    open.position = Number(position);
    return ERRNO.success;
  }

  /** `fd_advise`, which changes nothing. */
  advise(fd: number): number {
    return this.open.has(fd >>> 0) ? ERRNO.success : ERRNO.badf;
  }

  readFolder(fd: number, buffer: number, length: number, cookie: bigint, target: number): number {
    const open = this.open.get(fd >>> 0);
    if (open === undefined) return ERRNO.badf;
    if (open.node.kind !== "folder") return ERRNO.notdir;
    const bytes = record.folderBytes(open.node, BigInt.asUintN(64, cookie), length >>> 0);
    const at = this.border.range(buffer, length, "a buffer for a folder's entries");
    const used = this.view(target, 4, "a number of bytes");
    if (bytes.length > 0) this.border.bytes.set(bytes, at);
    used.setUint32(0, bytes.length, true);
    return ERRNO.success;
  }

  private readAt(
    node: FileNode,
    from: number,
    { vectors, count, target }: { vectors: number; count: number; target: number },
    advance: (bytes: number) => void,
  ): number {
    if (node.kind === "folder") return ERRNO.isdir;
    if (count >>> 0 > WASI_VECTORS_MAX) return ERRNO.inval;
    const table = this.view(vectors, (count >>> 0) * VECTOR_BYTES, "the pieces of an input");
    const total = this.view(target, 4, "a number of bytes");
    let sum = 0;
    for (let index = 0; index < count >>> 0; index++) {
      const length = table.getUint32(index * VECTOR_BYTES + 4, true);
      const pointer = table.getUint32(index * VECTOR_BYTES, true);
      const at = this.border.range(pointer, length, "a piece of an input");
      const read = this.files.read(node.index, from + sum, this.border.bytes, at, length);
      if (read < 0) return ERRNO.io;
      sum += read;
      if (read < length) break;
    }
    total.setUint32(0, sum, true);
    advance(sum);
    return ERRNO.success;
  }

  private putFilestat(node: FileNode, target: number): number {
    const view = this.view(target, record.FILESTAT_BYTES, "a file's state");
    record.putFilestat(view, node, node.kind === "file" ? this.files.size(node.index) : 0);
    return ERRNO.success;
  }

  /** @returns what the path leads to, or an errno */
  private resolve(fd: number, path: number, length: number): FileNode | number {
    const open = this.open.get(fd >>> 0);
    if (open === undefined) return ERRNO.badf;
    if (open.node.kind !== "folder") return ERRNO.notdir;
    this.border.range(path, length, "a path");
    if (length >>> 0 > PATH_MAX_BYTES) return ERRNO.nametoolong;
    const found = resolvePath(open.node as FileFolder, this.border.text(path, length, "a path"));
    return typeof found === "string" ? ERRNO_OF[found] : found;
  }

  private view(pointer: number, length: number, what: string): DataView {
    const at = this.border.wideRange(pointer, length, what);
    const { bytes } = this.border;
    return new DataView(bytes.buffer, bytes.byteOffset + (length === 0 ? 0 : at), length);
  }
}
