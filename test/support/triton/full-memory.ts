import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { TritonServer } from "./server.js";

const PAGE_BYTES = 4_096;
const FILLER = "filler";
const FILES = "files";

/** Fills the /dev/shm of a server to its last page; it must be the server's own (namespaces.ts). */
export class FullMemory {
  private readonly filler: string;
  private pages = 0;

  constructor(private readonly server: TritonServer) {
    this.filler = join(server.sharedMemory, FILLER);
    const file = openSync(this.filler, "w");
    const page = Buffer.alloc(PAGE_BYTES, 1);
    while (hasRoomFor(() => writeSync(file, page))) this.pages += 1;
    closeSync(file);
  }

  /** Gives pages back. */
  free(pages: number): void {
    this.pages -= pages;
    const file = openSync(this.filler, "r+");
    ftruncateSync(file, this.pages * PAGE_BYTES);
    closeSync(file);
  }

  remove(): void {
    rmSync(join(this.server.sharedMemory, FILLER));
  }
}

/** Makes files in the /dev/shm of a server until there can be no more. @returns removes one of them; false: there is none */
export function fillWithFiles(server: TritonServer): () => boolean {
  const folder = join(server.sharedMemory, FILES);
  mkdirSync(folder);
  const create = (path: string) => closeSync(openSync(path, "w"));
  for (let count = 0; hasRoomFor(() => create(join(folder, String(count)))); ) count += 1;
  return () => {
    const [name] = readdirSync(folder);
    rmSync(join(folder, name ?? ""), { recursive: true });
    return name !== undefined;
  };
}

function hasRoomFor(take: () => unknown): boolean {
  try {
    take();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    return false;
  }
}
