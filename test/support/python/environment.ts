import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { StubError } from "../../../host/errors.js";
import { cacheFolder, openCache, projectFolder } from "../paths.js";
import { lastLines, type RunOptions, type RunResult, run } from "../run.js";
import { renameUnlessThere, type TritonInstallation } from "../triton/artifacts.js";

const INSTALL_TIMEOUT_MS = 600_000;

/** A virtual environment with the packages of test/triton/python/requirements.txt. */
export interface PythonEnvironment {
  /** e.g. "3.11" */
  readonly version: string;
  readonly python: string;
  /** First on PATH, it makes NVIDIA's stub find this environment's packages. */
  readonly bin: string;
  /** The folder in which libpython<version>.so is expected. */
  readonly libraries: string;
}

let pending: Promise<PythonEnvironment> | undefined;

/** Folder of our Python programs and models. */
export function pythonFolder(): string {
  return join(projectFolder(), "test", "triton", "python");
}

/** The model.py of a model of {@link pythonFolder}. */
export function pythonModel(name: string): Buffer {
  return readFileSync(join(pythonFolder(), "models", name, "1", "model.py"));
}

/** The environment from the cache, else made anew. Throws ERR_ENVIRONMENT with what is missing and what to do. */
export function pythonEnvironment(): Promise<PythonEnvironment> {
  pending ??= obtain().catch((error: unknown) => {
    pending = undefined;
    throw error;
  });
  return pending;
}

/** Runs a program of test/triton/python to its end. */
export async function runPython(
  script: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const { python } = await pythonEnvironment();
  return run(python, [join(pythonFolder(), script), ...args], options);
}

/** NVIDIA's own stub for this Python. Throws ERR_ENVIRONMENT when the release has none or libpython is missing. */
export function pythonStub(installation: TritonInstallation, python: PythonEnvironment): string {
  const stub = join(installation.pythonStubs, python.version, "triton_python_backend_stub");
  if (!existsSync(stub)) {
    throw new StubError(
      "ERR_ENVIRONMENT",
      `tritonserver ${installation.release} brings no Python stub for Python ${python.version}: ` +
        "put a python3 of version 3.9, 3.10 or 3.11 first on PATH.",
    );
  }
  const library = join(python.libraries, `libpython${python.version}.so.1.0`);
  if (!existsSync(library)) {
    throw new StubError(
      "ERR_ENVIRONMENT",
      `NVIDIA's Python stub needs ${library}, which is missing: install the package libpython${python.version}, ` +
        "or put a python3 that was built with a shared library first on PATH.",
    );
  }
  return stub;
}

async function obtain(): Promise<PythonEnvironment> {
  const requirements = join(pythonFolder(), "requirements.txt");
  const { version, libraries } = await describePython();
  const key = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  const folder = join(cacheFolder(), `python-${version}-${key.slice(0, 12)}`);
  if (!existsSync(folder)) await makeEnvironment(folder, requirements);
  const bin = join(folder, "bin");
  return { version, libraries, bin, python: join(bin, "python3") };
}

async function describePython(): Promise<{ version: string; libraries: string }> {
  const program =
    "import sysconfig as s; print(s.get_python_version()); print(s.get_config_var('LIBDIR'))";
  const result = await run("python3", ["-c", program]);
  if (result.code !== 0) {
    throw new StubError(
      "ERR_ENVIRONMENT",
      "python3 is not on PATH (or does not start), and Triton's own client runs on it: install Python 3.9 or later.",
    );
  }
  const [version = "", libraries = ""] = result.stdout.trim().split("\n");
  return { version, libraries };
}

/** Made beside the target and renamed at the end, so that a half-made environment is never seen. */
async function makeEnvironment(folder: string, requirements: string): Promise<void> {
  const scratch = await mkdtemp(join(await openCache(), ".python-"));
  try {
    const made = await run("python3", ["-m", "venv", scratch]);
    if (made.code !== 0) {
      throw new StubError(
        "ERR_ENVIRONMENT",
        "python3 cannot make virtual environments: install its venv module, for instance the package python3-venv " +
          `(Python said: ${lastLines(made.stderr + made.stdout, 1)}).`,
      );
    }
    const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    const python = join(scratch, "bin", "python3");
    const done = await run(python, [...install, "--requirement", requirements], {
      timeoutMs: INSTALL_TIMEOUT_MS,
    });
    if (done.code !== 0) {
      throw new StubError(
        "ERR_ENVIRONMENT",
        "pip could not install the packages of test/triton/python/requirements.txt: check that this machine reaches " +
          `a Python package index, then try again (pip said: ${lastLines(done.stderr, 1)}).`,
      );
    }
    await renameUnlessThere(scratch, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
