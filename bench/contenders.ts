import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { copyTree, projectFolder, pythonFolder } from "./harness.js";

/** One way to serve the same model, which returns FP32 INPUT0 of any length as OUTPUT0. */
export interface Contender {
  /** Name of the model, and of the contender in every table. */
  readonly name: string;
  /** Its description in the report. */
  readonly title: string;
  /** The `backend` of its config.pbtxt. */
  readonly backend: string;
  /** Files of version 1: their names in the version folder, and their sources. */
  readonly files: Readonly<Record<string, string>>;
}

/** The contender that every ratio is relative to. */
export const REFERENCE = "nvidia";

export const CONTENDERS: readonly Contender[] = [
  {
    name: REFERENCE,
    title: "NVIDIA's stub, model in Python",
    backend: "python",
    files: { "model.py": join(pythonFolder(), "models", "identity_py", "1", "model.py") },
  },
  { name: "identity", title: "our stub, built-in identity model", backend: "identity", files: {} },
  {
    name: "wasm",
    title: "our stub, identity model as a WASM file",
    backend: "wasm",
    files: { "model.wasm": join(projectFolder(), "dist", "wasm", "identity.wasm") },
  },
];

/**
 * Copies our backend folders, so that a build during the benchmark does not change them.
 * @returns the copies
 */
export async function copyBackends(folder: string): Promise<string[]> {
  const copies = ["identity", "wasm"].map((name) => join(folder, name));
  for (const copy of copies) {
    await copyTree(join(projectFolder(), "dist", "backends", basename(copy)), copy);
  }
  return copies;
}

/** Writes the contenders as models into an empty folder. */
export async function writeRepository(
  folder: string,
  contenders: readonly Contender[],
): Promise<void> {
  for (const { name, backend, files } of contenders) {
    const version = join(folder, name, "1");
    await mkdir(version, { recursive: true });
    await writeFile(join(folder, name, "config.pbtxt"), configOf(backend));
    for (const [file, source] of Object.entries(files)) await copyFile(source, join(version, file));
  }
}

function configOf(backend: string): string {
  return `backend: "${backend}"
max_batch_size: 0
input [ { name: "INPUT0" data_type: TYPE_FP32 dims: [-1] } ]
output [ { name: "OUTPUT0" data_type: TYPE_FP32 dims: [-1] } ]
instance_group [ { kind: KIND_CPU count: 1 } ]
`;
}
