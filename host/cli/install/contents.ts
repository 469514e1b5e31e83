import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { StubError } from "../../errors.js";
import { packageFolder } from "../../package-folder.js";
import { DEPENDENCIES, locateDependency } from "./dependencies.js";

/**
 * The backends of this package. `wasm` comes first: its folder has the runtime, which the guard of `identity` finds next to its own
 * folder.
 */
export const BACKENDS = ["wasm", "identity"] as const;

export type BackendName = (typeof BACKENDS)[number];

const RUNTIME_BACKEND: BackendName = "wasm";

/** The program that the server starts. It is replaced last, because the files that it needs must already exist. */
export const GUARD_FILE = "triton_python_backend_stub";

/** A file of a backend's folder. */
export interface Content {
  /** Path in the backend's folder, with `/` as separator. */
  readonly name: string;
  readonly from: string;
  readonly mode: number;
  /** Only for files whose bytes are checked. */
  readonly sha256?: string;
  /** Name and version of the package that contains the file. */
  readonly origin?: string;
}

/**
 * Lists all files of a backend's folder, with the guard last.
 * @throws StubError ERR_ENVIRONMENT when this package is not built, or a package that it needs is not installed
 */
export function contentsOf(backend: BackendName): Content[] {
  const parts = join(packageFolder(), "dist/parts", backend);
  if (!existsSync(join(parts, GUARD_FILE))) {
    throw new StubError("ERR_ENVIRONMENT", `'${parts}' is not complete: run 'npm run build' first`);
  }
  const own = readdirSync(parts, { recursive: true, encoding: "utf8" })
    .map((name) => ({ name: name.replaceAll("\\", "/"), from: join(parts, name) }))
    .filter(({ from }) => statSync(from).isFile())
    .map((file) => ({ ...file, mode: file.name === GUARD_FILE ? 0o755 : 0o644 }))
    .sort((a, b) => Number(a.name === GUARD_FILE) - Number(b.name === GUARD_FILE));
  return backend === RUNTIME_BACKEND ? [...runtimeFiles(), ...own] : own;
}

function runtimeFiles(): Content[] {
  return DEPENDENCIES.map((dependency) => ({
    name: dependency.file,
    from: locateDependency(dependency),
    mode: dependency.mode,
    sha256: dependency.sha256,
    origin: `${dependency.package}@${dependency.version}`,
  }));
}
