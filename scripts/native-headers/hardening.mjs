import * as rules from "../../dist/js/host/hardening/executor-rules.js";
import * as landlock from "../../dist/js/host/hardening/landlock-rights.js";
import { seccompFilter } from "../../dist/js/host/hardening/seccomp-filter.js";
import { EXECUTOR_DATA_MAX_BYTES, OPEN_FILES_MAX } from "../../dist/js/host/limits.js";
import { define, header } from "./header.mjs";

/** Placeholder in the filter for the process id of the executor. No process has this id: it is above PID_MAX_LIMIT. */
const PID = 0x7fff_fff1;
/** The filter compares it for three calls: kill, tgkill, prlimit64. */
const PID_USES = 3;
const INSTRUCTION_BYTES = 8;

const hex = (value) => `0x${value.toString(16)}u`;

export function hardeningHeader() {
  const { execute, readFile, writeFile, truncate } = landlock.ACCESS;
  const ofFiles = execute | readFile | writeFile | truncate;
  return header("hardening", "host/hardening", [
    "#include <linux/filter.h>",
    "#include <stdint.h>",
    "",
    "// Landlock: the rights on files that each of its versions has added, beginning with version 0.",
    `static const uint64_t hardening_file_rights[] = {${landlock.FILE_RIGHTS_BY_VERSION.map(hex).join(", ")}};`,
    define("HARDENING_NETWORK_SINCE", landlock.NETWORK_SINCE),
    define("HARDENING_NETWORK_RIGHTS", landlock.NETWORK_RIGHTS),
    "// Of a path that is not a folder, rules take no other rights.",
    define("HARDENING_RIGHTS_OF_FILES", hex(ofFiles)),
    define("HARDENING_LIBRARY_RIGHTS", hex(rules.LIBRARY_RIGHTS)),
    define("HARDENING_PROGRAM_RIGHTS", hex(rules.PROGRAM_RIGHTS)),
    define("HARDENING_SERVER_FOLDER_RIGHTS", hex(rules.SERVER_FOLDER_RIGHTS)),
    "static const char *const hardening_library_paths[] = {",
    ...rules.LIBRARY_PATHS.map((path) => `  ${JSON.stringify(path)},`),
    "};",
    "",
    define("HARDENING_OPEN_FILES", OPEN_FILES_MAX),
    define("HARDENING_DATA_BYTES", `${EXECUTOR_DATA_MAX_BYTES}ull`),
    "",
    "// Stands in hardening_filter for the process id of the executor.",
    define("HARDENING_PID", hex(PID)),
    "static const struct sock_filter hardening_filter[] = {",
    ...filterLines(),
    "};",
  ]);
}

function filterLines() {
  const program = Buffer.from(seccompFilter(PID, rules.STILL_ALLOWED_CALLS));
  const lines = [];
  let uses = 0;
  for (let at = 0; at < program.length; at += INSTRUCTION_BYTES) {
    const value = program.readUInt32LE(at + 4);
    if (value === PID) uses++;
    const constant = value === PID ? "HARDENING_PID" : hex(value);
    lines.push(
      `  {${hex(program.readUInt16LE(at))}, ${program[at + 2]}, ${program[at + 3]}, ${constant}},`,
    );
  }
  if (uses !== PID_USES)
    throw new Error(`native-headers: the filter uses the process id ${uses} times`);
  return lines;
}
