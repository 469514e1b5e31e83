import { StubError } from "../errors.js";
import { BACKENDS } from "./install/contents.js";

export const EXIT = { done: 0, found: 1, usage: 2, environment: 4 } as const;

export const HELP = `triton-wasm-backend: run WebAssembly models in Triton Inference Server

Usage:
  triton-wasm-backend install-backend DIRECTORY   install the backends ${BACKENDS.join(" and ")}
                                                  into a tritonserver's backend directory, or upgrade them
  triton-wasm-backend check REPOSITORY            examine a model repository before you trust it;
                                                  the command does not compile or run anything
      --json                                      print the findings as a JSON array
      --limits FILE                               read the operator's ceilings from FILE, such as the file
                                                  'limits' of the backend's folder; environment variables
                                                  override it
  triton-wasm-backend --help | --version

Examples:
  triton-wasm-backend install-backend /opt/tritonserver/backends
  triton-wasm-backend check /srv/models --limits /opt/tritonserver/backends/wasm/limits

Exit codes: 0 success, or findings of severity 'costly' only; 1 other findings: something runs outside of the sandbox,
would not load, or cannot be parsed; 2 wrong usage; 4 a folder or file is missing, unreadable or not writable
`;

export function usageError(problem: string): StubError {
  return new StubError("ERR_USAGE", `${problem}: see triton-wasm-backend --help`);
}
