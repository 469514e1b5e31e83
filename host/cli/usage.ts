import { StubError } from "../errors.js";
import { BACKENDS } from "./install/contents.js";

export const EXIT = { done: 0, found: 1, usage: 2, environment: 4 } as const;

export const HELP = `triton-wasm-backend: run WebAssembly models in Triton Inference Server

Usage:
  triton-wasm-backend install-backend DIRECTORY   install the backends ${BACKENDS.join(" and ")}
                                                  into a tritonserver's backend directory, or upgrade them
  triton-wasm-backend check REPOSITORY            examine a model repository before it is trusted:
                                                  starts no server, compiles and runs nothing
      --json                                      findings as a JSON array
      --limits FILE                               the operator's ceilings, as the file 'limits' of the
                                                  backend's folder; variables of the environment overrule it
  triton-wasm-backend --help | --version

Examples:
  triton-wasm-backend install-backend /opt/tritonserver/backends
  triton-wasm-backend check /srv/models --limits /opt/tritonserver/backends/wasm/limits

Exit codes: 0 done, or nothing found but costs; 1 found something that runs code outside of the sandbox, would not
load, or cannot be understood; 2 wrong usage; 4 a folder or file is not there, cannot be read or cannot be written
`;

export function usageError(problem: string): StubError {
  return new StubError("ERR_USAGE", `${problem}: see triton-wasm-backend --help`);
}
