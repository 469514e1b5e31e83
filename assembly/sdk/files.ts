import { file_count, file_name, file_read, file_size } from "./triton_v1";

/** The largest piece that is read at once: the host copies it within one call. */
const PIECE_BYTES: i32 = 16 * 1024 * 1024;

/** The paths of the files beside the model, below the folder `files` of its version. */
export function fileNames(): string[] {
  const names: string[] = [];
  const count = file_count();
  for (let file = 0; file < count; file++) {
    const length = file_name(file, 0, 0);
    const bytes = new ArrayBuffer(length);
    file_name(file, changetype<usize>(bytes), length);
    names.push(String.UTF8.decode(bytes));
  }
  return names;
}

/** The size of a file in bytes; -1 if the model does not have it. */
export function fileSize(name: string): i64 {
  const path = String.UTF8.encode(name);
  return file_size(changetype<usize>(path), path.byteLength);
}

/**
 * Copies up to `length` bytes of a file, from `offset` on, to `target`.
 * @returns the number of copied bytes; -1 if the model does not have the file, or it cannot be read: `lastError` says why
 */
export function readFile(name: string, offset: i64, target: usize, length: i32): i32 {
  const path = String.UTF8.encode(name);
  return file_read(changetype<usize>(path), path.byteLength, offset, target, length);
}

/** All bytes of a file; null if the model does not have it, it cannot be read, or it has more than `maxBytes`. */
export function fileBytes(name: string, maxBytes: i32 = 64 * 1024 * 1024): StaticArray<u8> | null {
  const size = fileSize(name);
  if (size < 0 || size > <i64>maxBytes) return null;
  const bytes = new StaticArray<u8>(<i32>size);
  for (let at = 0; at < bytes.length; ) {
    const length = min(bytes.length - at, PIECE_BYTES);
    const read = readFile(name, at, changetype<usize>(bytes) + at, length);
    if (read <= 0) return null;
    at += read;
  }
  return bytes;
}

/** The text of a file in UTF-8; null as {@link fileBytes} is. */
export function fileText(name: string): string | null {
  const bytes = fileBytes(name);
  if (bytes == null) return null;
  return String.UTF8.decodeUnsafe(changetype<usize>(bytes), bytes.length);
}
