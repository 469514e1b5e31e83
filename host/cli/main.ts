#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../errors.js";
import { packageFolder } from "../package-folder.js";
import { printable } from "../text.js";
import { CHECK } from "./commands/check.js";
import { type Command, OPTIONS, type Options } from "./commands/command.js";
import { INSTALL_BACKEND } from "./commands/install-backend.js";
import { EXIT, HELP, usageError } from "./usage.js";

const COMMANDS: Readonly<Record<string, Command>> = {
  "install-backend": INSTALL_BACKEND,
  check: CHECK,
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
    throw usageError(`no command was given: use ${Object.keys(COMMANDS).join(" or ")}`);
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw usageError(`'${name}' is not a command: use ${Object.keys(COMMANDS).join(" or ")}`);
  }
  if (argument === undefined) throw usageError(`${name} needs a ${command.argument}`);
  if (surplus !== undefined) {
    throw usageError(`${name} accepts one ${command.argument}, not also '${surplus}'`);
  }
  const foreign = Object.keys(options).find((option) => !command.options.includes(option));
  if (foreign !== undefined) throw usageError(`${name} does not accept the option --${foreign}`);
  return command.run(argument, options);
}

function version(): string {
  const text = readFileSync(join(packageFolder(), "package.json"), "utf8");
  return String(JSON.parse(text).version);
}
