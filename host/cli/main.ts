#!/usr/bin/env node
import { cpSync, existsSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf, StubError } from "../errors.js";
import { BACKENDS, backendFolder } from "../index.js";

const HELP = `triton-wasm-backend: run WebAssembly models in Triton Inference Server

Usage:
  triton-wasm-backend install-backend DIRECTORY   copy the backend folders ${BACKENDS.join(" and ")}
                                                  into a tritonserver's backend directory
  triton-wasm-backend --help

Example:
  triton-wasm-backend install-backend /opt/tritonserver/backends

Exit codes: 0 done, 2 wrong usage, 4 the folders or the directory are not there or not writable
`;

const USAGE = 2;
const ENVIRONMENT = 4;

process.exitCode = main(process.argv.slice(2));

function main(args: string[]): number {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    const [command, directory] = positionals;
    if (command !== "install-backend" || directory === undefined || positionals.length > 2) {
      process.stderr.write(HELP);
      return USAGE;
    }
    install(directory);
    return 0;
  } catch (error) {
    process.stderr.write(`triton-wasm-backend: ${messageOf(error)}\n`);
    return (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS") ? USAGE : ENVIRONMENT;
  }
}

function install(directory: string): void {
  if (!existsSync(directory) || !statSync(directory).isDirectory()) {
    throw new StubError(
      "ERR_ENVIRONMENT",
      `'${directory}' is not a directory: name the server's backend directory, often /opt/tritonserver/backends`,
    );
  }
  for (const name of BACKENDS) {
    const target = join(realpathSync(directory), name);
    cpSync(backendFolder(name), target, { recursive: true });
    process.stdout.write(`${target}\n`);
  }
}
