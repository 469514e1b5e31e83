import { ACCESS } from "./landlock-rights.js";

const { execute, readFile, readFolder, writeFile, makeFile, removeFile, truncate } = ACCESS;

/**
 * The Landlock rules that the guard applies to an executor before Node starts. scripts/native-headers.mjs generates
 * native/generated/hardening.h from them. A path that does not exist allows nothing.
 */

/** Paths that the dynamic linker and Node read when they start. */
export const LIBRARY_PATHS: readonly string[] = [
  "/lib",
  "/lib64",
  "/usr/lib",
  "/usr/lib64",
  "/etc/ld.so.cache",
  "/dev/null",
  "/dev/urandom",
];

/** Rights on these paths. `execute` is needed because the kernel executes the dynamic linker. */
export const LIBRARY_RIGHTS = execute | readFile | readFolder;
/** Rights on the folders of the backend and of Node. */
export const PROGRAM_RIGHTS = execute | readFile | readFolder;
/** Rights on the folder that the stubs of one server share. */
export const SERVER_FOLDER_RIGHTS =
  readFile | readFolder | writeFile | makeFile | removeFile | truncate;

/**
 * Calls of `denied-calls.ts` that the guard's filter still allows: the start of Node, and the stricter filter that the executor installs
 * afterwards.
 */
export const STILL_ALLOWED_CALLS: readonly string[] = ["execve", "seccomp"];
