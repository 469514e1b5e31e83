#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ceilingVariables, readCeilings } from "../config/ceilings.js";
import { messageOf, StubError } from "../errors.js";
import { printable } from "../text.js";
import { checkRepository } from "./check/check.js";
import { failsCheck, jsonOf, lineOf } from "./check/finding.js";
import { CONFIG_FILE } from "./check/model.js";
import { requireFolder } from "./folder.js";
import { installBackend } from "./install-backend.js";
import { EXIT, HELP, usageError } from "./usage.js";

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
  json: { type: "boolean" },
  limits: { type: "string" },
} as const;

type Options = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

interface Command {
  /** Of {@link OPTIONS}, those that it takes. */
  readonly options: readonly string[];
  /** What its only argument is. */
  readonly argument: string;
  /** @returns the exit code */
  readonly run: (argument: string, options: Options) => number;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  "install-backend": {
    options: [],
    argument: "DIRECTORY",
    run: (directory) => {
      for (const folder of installBackend(directory)) process.stdout.write(`${folder}\n`);
      return EXIT.done;
    },
  },
  check: { options: ["json", "limits"], argument: "REPOSITORY", run: check },
};

process.exitCode = main(process.argv.slice(2));

function main(args: string[]): number {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    if (values.help) process.stdout.write(HELP);
    else if (values.version) process.stdout.write(`${version()}\n`);
    else return runCommand(positionals, values);
    return EXIT.done;
  } catch (error) {
    process.stderr.write(`triton-wasm-backend: ${printable(messageOf(error))}\n`);
    const { code } = error as { readonly code?: string };
    return code === "ERR_USAGE" || code?.startsWith("ERR_PARSE_ARGS")
      ? EXIT.usage
      : EXIT.environment;
  }
}

function runCommand([name, argument, surplus]: readonly string[], options: Options): number {
  if (name === undefined) {
    throw usageError(`the command is missing: ${Object.keys(COMMANDS).join(" or ")}`);
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw usageError(`'${name}' is not a command: ${Object.keys(COMMANDS).join(" or ")}`);
  }
  if (argument === undefined) throw usageError(`${name} lacks its ${command.argument}`);
  if (surplus !== undefined) {
    throw usageError(`${name} takes one ${command.argument}, not also '${surplus}'`);
  }
  const foreign = Object.keys(options).find((option) => !command.options.includes(option));
  if (foreign !== undefined) throw usageError(`${name} takes no option --${foreign}`);
  return command.run(argument, options);
}

function check(repository: string, { json = false, limits }: Options): number {
  requireFolder(repository, "name a model repository, a folder with a folder for each model");
  if (existsSync(join(repository, CONFIG_FILE))) {
    throw refused(
      `'${repository}' is the folder of a model: name the model repository that holds it`,
    );
  }
  // That of a backend's folder need not be there.
  if (limits !== undefined && !existsSync(limits)) {
    throw refused(
      `--limits: '${limits}' does not exist: name the file 'limits' of the backend's folder, or leave the option out`,
    );
  }
  const ceilings = readCeilings(ceilingVariables(process.env), limits);
  const findings = checkRepository(repository, ceilings);
  const text = json
    ? `${jsonOf(findings)}\n`
    : findings.map((finding) => `${lineOf(finding)}\n`).join("");
  process.stdout.write(text);
  return findings.some(failsCheck) ? EXIT.found : EXIT.done;
}

function refused(message: string): StubError {
  return new StubError("ERR_ENVIRONMENT", message);
}

function version(): string {
  // The package's, seen from dist/js/host/cli.
  const text = readFileSync(new URL("../../../../package.json", import.meta.url), "utf8");
  return String(JSON.parse(text).version);
}
