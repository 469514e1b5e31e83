import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { StubError } from "../../../host/errors.js";
import { cacheFolder, openCache } from "../paths.js";
import { lastLines, run } from "../run.js";
import { DEFAULT_RELEASE, TRITON_RELEASES, type TritonRelease } from "./releases.js";

const DOWNLOAD_TIMEOUT_MS = 600_000;

/** An unmodified server on this machine, unpacked from its wheel and never written to again. */
export interface TritonInstallation extends TritonRelease {
  readonly binary: string;
  /** Folder of the shared libraries: the value for LD_LIBRARY_PATH. */
  readonly libraries: string;
  /** The server's own `backends/python`: libtriton_python.so and triton_python_backend_utils.py, no stub. */
  readonly pythonBackend: string;
  /** Holds `<python version>/triton_python_backend_stub`, NVIDIA's own stubs. */
  readonly pythonStubs: string;
}

const pending = new Map<string, Promise<TritonInstallation>>();

/**
 * The unmodified server of a release: from the cache, else downloaded with pip, verified by its hash and unpacked.
 * Two processes may call this at once. Throws ERR_ENVIRONMENT with the one thing that is missing and what to do.
 */
export function tritonInstallation(release = DEFAULT_RELEASE): Promise<TritonInstallation> {
  let installation = pending.get(release);
  if (installation === undefined) {
    installation = obtain(releaseNamed(release));
    installation.catch(() => pending.delete(release));
    pending.set(release, installation);
  }
  return installation;
}

function releaseNamed(release: string): TritonRelease {
  const found = TRITON_RELEASES.find((candidate) => candidate.release === release);
  if (found === undefined) {
    const known = TRITON_RELEASES.map((candidate) => candidate.release).join(", ");
    throw new StubError(
      "ERR_ENVIRONMENT",
      `No tritonserver of release ${release} is known to the harness: choose one of ${known}.`,
    );
  }
  return found;
}

async function obtain(release: TritonRelease): Promise<TritonInstallation> {
  const folder = join(
    cacheFolder(),
    `tritonserver-${release.release}-${release.sha256.slice(0, 12)}`,
  );
  const home = join(folder, "pytriton", "tritonserver");
  if (!existsSync(folder)) await unpackInto(folder, release);
  return {
    ...release,
    binary: join(home, "bin", "tritonserver"),
    libraries: join(folder, "nvidia_pytriton.libs"),
    pythonBackend: join(home, "backends", "python"),
    pythonStubs: join(home, "python_backend_stubs"),
  };
}

/** Everything happens beside the target; one rename makes it visible, so a half-made folder is never seen. */
async function unpackInto(folder: string, release: TritonRelease): Promise<void> {
  const scratch = await mkdtemp(join(await openCache(), ".unpacking-"));
  try {
    const wheel = await download(release, scratch);
    await verify(wheel, release);
    const contents = join(scratch, "contents");
    await unzip(wheel, contents);
    await makeExecutable(join(contents, "pytriton", "tritonserver"));
    await renameUnlessThere(contents, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function download(release: TritonRelease, into: string): Promise<string> {
  // The platform is named, so that the wheel is found whatever the Python of this machine is.
  const platform = ["--platform", "manylinux_2_35_x86_64", "--implementation", "py"];
  const python = ["--python-version", "3.10", "--abi", "none", "--only-binary", ":all:"];
  const result = await run(
    "python3",
    [
      ...["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"],
      ...[...platform, ...python, "--dest", into, `nvidia-pytriton==${release.wheel}`],
    ],
    { timeoutMs: DOWNLOAD_TIMEOUT_MS },
  );
  if (result.startError !== undefined) throw new StubError("ERR_ENVIRONMENT", NO_PYTHON);
  if (/No module named pip/.test(result.stderr)) throw new StubError("ERR_ENVIRONMENT", NO_PIP);
  const wheel = (await readdir(into)).find((name) => name.endsWith(".whl"));
  if (result.code !== 0 || wheel === undefined) {
    throw new StubError(
      "ERR_ENVIRONMENT",
      `pip could not download nvidia-pytriton ${release.wheel}, which carries tritonserver ${release.release}: ` +
        `check that this machine reaches a Python package index, then try again (pip said: ${lastLines(result.stderr, 1)}).`,
    );
  }
  return join(into, wheel);
}

const NO_PYTHON =
  "python3 is not on PATH, and a tritonserver is obtained with it: install Python 3.9 or later.";
const NO_PIP =
  "python3 has no pip module, and a tritonserver is downloaded with it: install it, for instance the package python3-pip.";

async function verify(wheel: string, release: TritonRelease): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(wheel), hash);
  const actual = hash.digest("hex");
  if (actual !== release.sha256) {
    throw new StubError(
      "ERR_ENVIRONMENT",
      `The downloaded nvidia-pytriton ${release.wheel} has the sha256 ${actual} instead of ${release.sha256}, ` +
        "so it was not used: check the package index that pip is configured for.",
    );
  }
}

async function unzip(wheel: string, into: string): Promise<void> {
  const result = await run("python3", ["-m", "zipfile", "--extract", wheel, into]);
  if (result.code !== 0) {
    throw new StubError(
      "ERR_ENVIRONMENT",
      `The server's wheel could not be unpacked into ${cacheFolder()}: make room or set TRITON_WASM_CACHE to ` +
        `another folder (Python said: ${lastLines(result.stderr, 1)}).`,
    );
  }
}

/** zipfile drops the mode bits. */
async function makeExecutable(home: string): Promise<void> {
  await chmod(join(home, "bin", "tritonserver"), 0o755);
  const stubs = join(home, "python_backend_stubs");
  for (const version of await readdir(stubs)) {
    await chmod(join(stubs, version, "triton_python_backend_stub"), 0o755);
  }
}

/** Another process may have been faster; its folder has the same verified content. */
export async function renameUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}
