import { ACCESS } from "./landlock-rights.js";

const { execute, readFile, readFolder, writeFile, makeFile, removeFile, truncate } = ACCESS;

/**
 * The walls that the guard puts up around an executor before Node begins, as data: scripts/native-headers.mjs makes
 * native/generated/walls.h of them. A path that is not there allows nothing.
 */

/** What the dynamic linker and Node read when they start. */
export const LIBRARY_PATHS: readonly string[] = [
  "/lib",
  "/lib64",
  "/usr/lib",
  "/usr/lib64",
  "/etc/ld.so.cache",
  "/dev/null",
  "/dev/urandom",
];

/** The dynamic linker is a program that the kernel executes. */
export const LIBRARY_RIGHTS = execute | readFile | readFolder;
/** Of the folder with node and this program. */
export const PROGRAM_RIGHTS = execute | readFile | readFolder;
/** Of the folder that the stubs of one server share. */
export const SERVER_FOLDER_RIGHTS =
  readFile | readFolder | writeFile | makeFile | removeFile | truncate;

/**
 * Calls of `denied-calls.ts` that the outer filter allows: the start of Node itself, and the stricter filter that the executor puts up
 * when it runs.
 */
export const STILL_ALLOWED_CALLS: readonly string[] = ["execve", "seccomp"];
