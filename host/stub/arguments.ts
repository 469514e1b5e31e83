import { basename, dirname } from "node:path";
import { StubError } from "../errors.js";
import type { Parent } from "../wire/release/library.js";

/** The command line with which a tritonserver starts a stub (protocol/stub-protocol.md 1.2; 23.10 and later). */
export interface StubArguments extends Parent {
  /** Model file as python_backend composes it: `<model>/<version>/<default_model_filename or model.py>`. */
  readonly modelFile: string;
  /** Name of the shared-memory object, without slash. */
  readonly regionName: string;
  /** Step of growth of the region in bytes. */
  readonly growthBytes: number;
  /** Handle of the control block. */
  readonly controlHandle: number;
  /** Model instance, or model when the server only wants the configuration completed. */
  readonly name: string;
  /** Folder of the Python-based backend, or `DEFAULT`. */
  readonly runtimeFolder: string;
}

/** How log lines name an instance: models of two versions have instances of the same name. */
export function logNameOf({ name, modelFile }: StubArguments): string {
  return `${name} v${basename(dirname(modelFile))}`;
}

const COUNT = 9;

/**
 * @param args what follows the program's name
 * @throws StubError ERR_USAGE naming the argument
 */
export function parseArguments(args: readonly string[]): StubArguments {
  if (args.length !== COUNT) {
    throw new StubError(
      "ERR_USAGE",
      `got ${args.length} arguments instead of ${COUNT}: this program is started by tritonserver 23.10 or later ` +
        "(paths and model names must not contain blanks up to 25.07)",
    );
  }
  const [modelFile, regionName, , growth, pid, backendFolder, control, name, runtimeFolder] =
    args as [string, string, string, string, string, string, string, string, string, string];
  return {
    modelFile,
    regionName,
    growthBytes: positiveInteger("4 (growth of the region in bytes)", growth),
    pid: positiveInteger("5 (process id of the server)", pid),
    backendFolder,
    controlHandle: positiveInteger("7 (handle of the control block)", control),
    name,
    runtimeFolder,
  };
}

function positiveInteger(argument: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value > 0 && Number.isSafeInteger(value)) return value;
  throw new StubError("ERR_USAGE", `argument ${argument} is '${text}', not a positive number`);
}
