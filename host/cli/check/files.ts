import { type Dirent, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { shellWords } from "../../config/shell.js";
import { messageOf } from "../../errors.js";
import { readBeginning } from "../../read-file.js";
import type { Report } from "./finding.js";
import { isWithin, targetOf } from "./paths.js";

const STUB = "triton_python_backend_stub";
const SHARED_OBJECT = /\.so(\.[\d.]+)?$/;
const ELF = Buffer.from("\x7fELF", "latin1");
const SET_USER_OR_GROUP = 0o6000;
/** Depth of the files in `<model>/<version>/<file>`, the path that a server up to 25.07 passes to a shell. */
const FILE_DEPTH = 3;

/**
 * Checks each file and folder below `path`, which is a model's folder or a file next to it. It does not follow links.
 * @param repository its path without links
 */
export function checkFiles(repository: string, path: string, report: Report): void {
  const waiting = [path];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    try {
      if (checkFile(repository, next, report)) waiting.push(...childrenOf(next));
    } catch (error) {
      report.add("unknown", `'${relative(repository, next)}' cannot be read: ${messageOf(error)}`);
    }
  }
}

function childrenOf(folder: string): string[] {
  const entries: Dirent[] = readdirSync(folder, { withFileTypes: true });
  return entries.map(({ name }) => join(folder, name));
}

/** @returns whether `path` is a folder */
function checkFile(repository: string, path: string, report: Report): boolean {
  const shown = `'${relative(repository, path)}'`;
  const parts = relative(repository, path).split(sep);
  const status = lstatSync(path);
  if (parts.length <= FILE_DEPTH && (!status.isFile() || parts.length === FILE_DEPTH)) {
    checkName(parts.at(-1)!, shown, report);
  }
  if (status.isDirectory()) return true;
  if (status.isSymbolicLink()) {
    checkLink(repository, path, shown, report);
  } else if (!status.isFile()) {
    report.add(
      "unsafe",
      `${shown} is a device, a pipe or a socket: a server that opens it may hang or read another device`,
    );
  } else {
    checkRegularFile(path, status.mode, shown, report);
  }
  if (parts.at(-1) === STUB) {
    report.add("unsafe", `${shown} is a program that the server starts instead of this backend`);
  }
  return false;
}

function checkName(name: string, shown: string, report: Report): void {
  const characters = shellWords(name);
  if (characters.length === 0) return;
  report.add(
    "unsafe",
    `the name ${shown} contains ${characters.map((character) => JSON.stringify(character)).join(" ")}: a server up to 25.07 passes the path of a model to a shell without quotes`,
  );
}

function checkLink(repository: string, path: string, shown: string, report: Report): void {
  const target = targetOf(path);
  if (target === undefined) {
    report.add(
      "unsafe",
      `${shown} is a link to '${readlinkSync(path)}', which does not lead to an existing file`,
    );
  } else if (!isWithin(repository, target)) {
    report.add(
      "unsafe",
      `${shown} is a link to '${target}', outside of the repository: its target was not checked`,
    );
  }
}

function checkRegularFile(path: string, mode: number, shown: string, report: Report): void {
  if ((mode & SET_USER_OR_GROUP) !== 0) {
    report.add("unsafe", `${shown} runs with the rights of its owner or group (setuid, setgid)`);
  }
  const isElf = readBeginning(path, ELF.length)?.equals(ELF) ?? false;
  if (SHARED_OBJECT.test(path) || isElf) {
    report.add(
      "unsafe",
      `${shown} is machine code: a server loads a library that it finds in a model's folder into its own process`,
    );
  }
}
