import { closeSync, constants, openSync } from "node:fs";
import { lastErrno, systemCallError } from "./library.js";
import { systemCall, systemCallWithBytes1, systemCallWithBytes3 } from "./syscall.js";

/** Linux, x86-64 and others (landlock(7)). */
const CREATE_RULESET = 444;
const ADD_RULE = 445;
const RESTRICT_SELF = 446;
const CLOSE = 3;
const VERSION_FLAG = 1;
const RULE_PATH_BENEATH = 1;

/** Rights on files and folders. */
export const ACCESS = {
  execute: 1 << 0,
  writeFile: 1 << 1,
  readFile: 1 << 2,
  readFolder: 1 << 3,
  removeFolder: 1 << 4,
  removeFile: 1 << 5,
  makeFile: 1 << 8,
  truncate: 1 << 14,
} as const;

/** All rights on files of version 1, and those that each later version has added. */
export const FILE_RIGHTS_BY_VERSION = [0, 0x1fff, 1 << 13, 1 << 14, 0, 1 << 15];
/** Binding and connecting of TCP sockets, since version 4. */
export const NETWORK_RIGHTS = 3;
export const NETWORK_SINCE = 4;
/** The path of a rule need not be readable. */
const O_PATH = 0o10000000;

/** A path that is not there, or cannot be reached. */
const UNREACHABLE = ["ENOENT", "ENOTDIR", "EACCES"];

/** What is allowed beneath a path. */
export interface PathRule {
  readonly path: string;
  /** Sum of {@link ACCESS}. */
  readonly rights: number;
}

/** Version of the kernel's Landlock; 0 when it has none, or it is off. */
export function landlockVersion(): number {
  return Math.max(0, systemCall(CREATE_RULESET, 0, 0, VERSION_FLAG, 0));
}

/**
 * From now on this thread, and those that it starts, do nothing with files but what the rules allow; open files stay as they are.
 * A rule whose path cannot be reached allows nothing: a model's folder may vanish while the model serves. Needs no_new_privs.
 * @param version of {@link landlockVersion}, at least 1
 */
export function restrictFiles(version: number, rules: readonly PathRule[]): void {
  const handled = FILE_RIGHTS_BY_VERSION.slice(0, version + 1).reduce((all, more) => all | more);
  const ruleset = createRuleset(handled, version >= NETWORK_SINCE ? NETWORK_RIGHTS : 0);
  try {
    for (const { path, rights } of rules) addRule(ruleset, path, rights & handled);
    if (systemCall(RESTRICT_SELF, ruleset, 0, 0, 0) !== 0) {
      throw systemCallError("landlock_restrict_self", lastErrno(), "this thread");
    }
  } finally {
    // Not Node's close: in a worker that warns of a descriptor which Node has not opened.
    systemCall(CLOSE, ruleset, 0, 0, 0);
  }
}

function createRuleset(files: number, network: number): number {
  const attributes = BigUint64Array.of(BigInt(files), BigInt(network));
  // Kernels before version 4 know the first field only, and take no more.
  const length = network === 0 ? 8 : 16;
  const fd = systemCallWithBytes1(CREATE_RULESET, new Uint8Array(attributes.buffer), length, 0);
  if (fd < 0) throw systemCallError("landlock_create_ruleset", lastErrno(), "a ruleset");
  return fd;
}

function addRule(ruleset: number, path: string, rights: number): void {
  const fd = openFolder(path);
  if (fd === undefined) return;
  try {
    // struct landlock_path_beneath_attr is packed: 8 bytes and 4.
    const attributes = new DataView(new ArrayBuffer(12));
    attributes.setBigUint64(0, BigInt(rights), true);
    attributes.setInt32(8, fd, true);
    const bytes = new Uint8Array(attributes.buffer);
    if (systemCallWithBytes3(ADD_RULE, ruleset, RULE_PATH_BENEATH, bytes, 0) !== 0) {
      throw systemCallError("landlock_add_rule", lastErrno(), path);
    }
  } finally {
    closeSync(fd);
  }
}

function openFolder(path: string): number | undefined {
  try {
    return openSync(path, O_PATH | constants.O_DIRECTORY);
  } catch (error) {
    if (UNREACHABLE.includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
