import { copyFile, link, mkdir, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { TritonInstallation } from "./artifacts.js";

/** Larger files are linked instead of copied: a Node binary takes 100 MB and nobody writes to it. */
const LINK_FROM_BYTES = 8 * 1024 * 1024;

/** A backend folder to install; a plain path takes the folder's own name. */
export type BackendSource = string | { readonly name: string; readonly folder: string };

/**
 * Makes a fresh backend directory, as an administrator would: the server's own python backend, beside it the given
 * folders. `pythonStub` is put into `python/` as its triton_python_backend_stub. All files are the server's to change.
 */
export async function makeBackendDirectory(
  directory: string,
  installation: TritonInstallation,
  sources: readonly BackendSource[],
  pythonStub: string | undefined,
): Promise<void> {
  await copyTree(installation.pythonBackend, join(directory, "python"));
  for (const source of sources) {
    const { name, folder } =
      typeof source === "string" ? { name: basename(source), folder: source } : source;
    await copyTree(folder, join(directory, name));
  }
  if (pythonStub !== undefined) {
    await copyFile(pythonStub, join(directory, "python", "triton_python_backend_stub"));
  }
}

/** Copies a folder into another, which may exist. Modes are kept, symbolic links are followed. */
export async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    const source = join(from, name);
    const target = join(to, name);
    const info = await stat(source);
    if (info.isDirectory()) await copyTree(source, target);
    else if (info.size < LINK_FROM_BYTES) await copyFile(source, target);
    else await link(source, target).catch(() => copyFile(source, target));
  }
}
