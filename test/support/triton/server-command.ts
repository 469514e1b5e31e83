import { StubError } from "../../../host/errors.js";
import type { PythonEnvironment } from "../python/environment.js";
import type { TritonInstallation } from "./artifacts.js";

export interface ServerPorts {
  readonly http: number;
  readonly grpc: number;
  readonly metrics: number;
}

/** How models are loaded: `explicit` = by `loadModels` and the load API, `none` = all of the repository at start. */
export type ControlMode = "explicit" | "none" | "poll";

/** The part of the options from which the command line is made. */
export interface CommandOptions {
  /** One or more repositories; no blanks in the paths, for the server starts stubs through an unquoted shell line. */
  readonly modelRepository: string | readonly string[];
  readonly mode?: ControlMode;
  readonly loadModels?: readonly string[];
  /** 0 = off. */
  readonly logVerbose?: number;
  /** Settings of the python backend, e.g. { "shm-default-byte-size": "1048576" }. */
  readonly pythonBackendConfig?: Readonly<Record<string, string>>;
  /** Whether the server has a metrics service; default true. */
  readonly metrics?: boolean;
  /** Further arguments, put last. */
  readonly args?: readonly string[];
}

/** The arguments of a tritonserver that listens on 127.0.0.1 only. */
export function serverArguments(
  options: CommandOptions,
  ports: ServerPorts,
  backendDirectory: string,
  regionPrefix: string,
): string[] {
  const repositories = [options.modelRepository].flat();
  for (const path of [...repositories, backendDirectory]) refuseBlanks(path);
  const python = { "shm-region-prefix-name": regionPrefix, ...options.pythonBackendConfig };
  return [
    ...repositories.map((path) => `--model-repository=${path}`),
    `--backend-directory=${backendDirectory}`,
    `--model-control-mode=${options.mode ?? "explicit"}`,
    ...(options.loadModels ?? []).map((name) => `--load-model=${name}`),
    ...Object.entries(python).map(([key, value]) => `--backend-config=python,${key}=${value}`),
    `--http-address=127.0.0.1`,
    `--http-port=${ports.http}`,
    `--grpc-address=127.0.0.1`,
    `--grpc-port=${ports.grpc}`,
    "--metrics-address=127.0.0.1",
    `--metrics-port=${ports.metrics}`,
    `--allow-metrics=${options.metrics ?? true}`,
    "--allow-gpu-metrics=false",
    `--log-verbose=${options.logVerbose ?? 0}`,
    `--id=${regionPrefix}`,
    ...(options.args ?? []),
  ];
}

function refuseBlanks(path: string): void {
  if (/\s/.test(path)) {
    throw new StubError(
      "ERR_ENVIRONMENT",
      `The path "${path}" has a blank, and tritonserver starts stubs through a shell line without quotes: ` +
        "use another folder (TMPDIR moves the temporary ones).",
    );
  }
}

/** Little more than what a container gives: nothing of the test runner's own environment reaches server and stubs. */
export function serverEnvironment(
  installation: TritonInstallation,
  python: PythonEnvironment | undefined,
  extra: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv {
  const { PATH = "/usr/bin:/bin", HOME, LANG, TMPDIR } = process.env;
  const libraries = [installation.libraries, ...(python === undefined ? [] : [python.libraries])];
  return {
    ...(HOME === undefined ? {} : { HOME }),
    ...(LANG === undefined ? {} : { LANG }),
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    PATH: python === undefined ? PATH : `${python.bin}:${PATH}`,
    LD_LIBRARY_PATH: libraries.join(":"),
    ...extra,
  };
}
