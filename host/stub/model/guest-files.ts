import { fstatSync, readSync } from "node:fs";
import type { ModelFile } from "../../guest/model-file.js";
import type { GuestModule } from "../../guest/module.js";
import type { GuestFiles } from "../../guest/services.js";
import { FILES_MAX_BYTES } from "../../limits.js";
import { filesTooLarge, folderRefused } from "./errors.js";

/** Node accepts no larger number of bytes at once. */
const PIECE_MAX_BYTES = 2 ** 30;

/** The folder `files` of a model's version, as the guard has opened it. */
export interface FolderFiles {
  /** The folder's path, for errors. */
  readonly folder: string;
  /** Why the folder cannot be used; undefined without a reason. */
  readonly problem: string | undefined;
  /** Opened files; the paths are below the folder. */
  readonly files: readonly ModelFile[];
}

/** The files beside a model, through descriptors that the guard has opened: nothing else of the file system can be reached. */
export class OpenedGuestFiles implements GuestFiles {
  readonly names: readonly string[];
  private readonly fds: readonly number[];
  private readonly sizes: readonly number[];

  /**
   * @param maxBytes limit of all files together
   * @throws StubError ERR_MODEL_FILES when the folder was refused, or its files are too large
   */
  constructor({ folder, problem, files }: FolderFiles, maxBytes: number) {
    if (problem !== undefined) throw folderRefused(folder, problem);
    const opened = files
      .flatMap((file) => ("fd" in file ? [file] : []))
      .sort((one, other) => (one.path < other.path ? -1 : 1));
    this.names = opened.map(({ path }) => path);
    this.fds = opened.map(({ fd }) => fd);
    this.sizes = this.fds.map((fd) => fstatSync(fd).size);
    const bytes = this.sizes.reduce((sum, size) => sum + size, 0);
    if (bytes > maxBytes) throw filesTooLarge(folder, bytes, maxBytes, FILES_MAX_BYTES.parameter);
  }

  size(index: number): number {
    return this.sizes[index]!;
  }

  read(index: number, offset: number, target: Uint8Array, at: number, length: number): number {
    // A file that grows after the load shows no more bytes than it had.
    const rest = Math.max(0, this.sizes[index]! - offset);
    const wanted = Math.min(length, rest, PIECE_MAX_BYTES);
    if (wanted === 0) return 0;
    try {
      return readSync(this.fds[index]!, target, at, wanted, offset);
    } catch {
      return -1;
    }
  }
}

/** Functions whose import shows that a module may read files. */
const READERS = [
  "file_count",
  "file_name",
  "file_size",
  "file_read",
  "path_open",
  "fd_prestat_get",
];

/**
 * The files for a guest; undefined when it imports no function that reads them, or when the folder is missing or empty.
 * @throws StubError as {@link OpenedGuestFiles}
 */
export function usedFiles(
  { facts }: GuestModule,
  folder: FolderFiles,
  maxBytes: number,
): GuestFiles | undefined {
  if (!facts.imports.some(({ name }) => READERS.includes(name))) return undefined;
  if (folder.problem === undefined && folder.files.length === 0) return undefined;
  return new OpenedGuestFiles(folder, maxBytes);
}
