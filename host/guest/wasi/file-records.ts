/** The structs of WASI preview 1 that describe files, little endian (wasi_snapshot_preview1 witx). */
import type { FileFolder, FileNode } from "./file-tree.js";

export const PRESTAT_BYTES = 8;
export const FDSTAT_BYTES = 24;
export const FILESTAT_BYTES = 64;

const DIRECTORY = 3;
const REGULAR_FILE = 4;
const DIRENT_BYTES = 24;

const [FD_READ, FD_SEEK, FD_TELL, FD_ADVISE] = [1n << 1n, 1n << 2n, 1n << 5n, 1n << 7n];
const [PATH_OPEN, FD_READDIR] = [1n << 13n, 1n << 14n];
const [PATH_FILESTAT_GET, FD_FILESTAT_GET] = [1n << 18n, 1n << 21n];
const FILE_RIGHTS = FD_READ | FD_SEEK | FD_TELL | FD_ADVISE | FD_FILESTAT_GET;
const FOLDER_RIGHTS = PATH_OPEN | FD_READDIR | PATH_FILESTAT_GET | FD_FILESTAT_GET;

const encoder = new TextEncoder();

/** A folder that is open from the beginning. @param nameLength of its path, in bytes */
export function putPrestat(view: DataView, nameLength: number): void {
  view.setUint32(0, 0, true);
  view.setUint32(4, nameLength, true);
}

export function putFdstat(view: DataView, isFolder: boolean): void {
  view.setBigUint64(0, BigInt(isFolder ? DIRECTORY : REGULAR_FILE), true);
  view.setBigUint64(8, isFolder ? FOLDER_RIGHTS : FILE_RIGHTS, true);
  view.setBigUint64(16, isFolder ? FOLDER_RIGHTS | FILE_RIGHTS : 0n, true);
}

/** @param size in bytes; times are 0 */
export function putFilestat(view: DataView, node: FileNode, size: number): void {
  for (let at = 0; at < FILESTAT_BYTES; at += 8) view.setBigUint64(at, 0n, true);
  view.setBigUint64(8, inode(node), true);
  view.setUint8(16, typeOf(node));
  view.setBigUint64(24, 1n, true);
  view.setBigUint64(32, BigInt(size), true);
}

/**
 * The entries of a folder, cut off at a number of bytes.
 * @param cookie number of entries to skip
 */
export function folderBytes(folder: FileFolder, cookie: bigint, length: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  let size = 0;
  let number = 0n;
  for (const [name, node] of folder.entries) {
    number += 1n;
    if (number <= cookie) continue;
    if (size >= length) break;
    const text = encoder.encode(name);
    const piece = new Uint8Array(DIRENT_BYTES + text.length);
    const view = new DataView(piece.buffer);
    view.setBigUint64(0, number, true);
    view.setBigUint64(8, inode(node), true);
    view.setUint32(16, text.length, true);
    view.setUint8(20, typeOf(node));
    piece.set(text, DIRENT_BYTES);
    pieces.push(piece);
    size += piece.length;
  }
  return new Uint8Array(Buffer.concat(pieces).subarray(0, length));
}

function typeOf({ kind }: FileNode): number {
  return kind === "folder" ? DIRECTORY : REGULAR_FILE;
}

/** Folders have even numbers, files odd ones; none is 0. */
function inode({ kind, index }: FileNode): bigint {
  return BigInt(index) * 2n + (kind === "folder" ? 2n : 1n);
}
