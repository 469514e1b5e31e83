import { scrubEnvironment } from "../libc/environment.js";
import { ACCESS, type PathRule } from "../libc/landlock.js";
import { RELEASE_VARIABLE } from "../wire/release/detect.js";
import { HARDENING_VARIABLE } from "./hardening-mode.js";
import { SHARED_MEMORY_FOLDER } from "./server-folder.js";

const { readFile, readFolder, writeFile, makeFile, removeFile, removeFolder, truncate } = ACCESS;
const READ = readFile | readFolder;

/** Variables that the stub itself reads, or that its C library does for texts of errors. */
const KEPT = [
  RELEASE_VARIABLE,
  HARDENING_VARIABLE,
  "NVIDIA_TRITON_SERVER_VERSION",
  "TRITON_SERVER_VERSION",
  "TRITON_VERSION",
  "TZ",
  "LANG",
  "LC_ALL",
];

/** Drops the server's environment, which no model should have: before the first guest. */
export function forgetServer(): void {
  scrubEnvironment((name) => KEPT.includes(name));
}

/**
 * What a stub needs of the file system once its region and the model's files are open and its server is known.
 * @param backendFolder of this program
 * @param serverFolder what the stubs of one server share
 */
export function pathRules(backendFolder: string, serverFolder: string): PathRule[] {
  return [
    { path: backendFolder, rights: READ },
    // The region of a server that died.
    { path: SHARED_MEMORY_FOLDER, rights: removeFile | removeFolder },
    { path: serverFolder, rights: READ | writeFile | makeFile | removeFile | truncate },
  ];
}
