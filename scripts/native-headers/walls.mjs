import * as landlock from "../../dist/js/host/hardening/landlock-rights.js";
import * as walls from "../../dist/js/host/hardening/outer-walls.js";
import { seccompFilter } from "../../dist/js/host/hardening/seccomp-filter.js";
import { EXECUTOR_DATA_MAX_BYTES, OPEN_FILES_MAX } from "../../dist/js/host/limits.js";
import { define, header } from "./header.mjs";

/** Placeholder in the filter for the process id of the executor. No process has this id: it is above PID_MAX_LIMIT. */
const PID = 0x7fff_fff1;
/** The filter compares it for three calls: kill, tgkill, prlimit64. */
const PID_USES = 3;
const INSTRUCTION_BYTES = 8;

const hex = (value) => `0x${value.toString(16)}u`;

export function wallsHeader() {
  const { execute, readFile, writeFile, truncate } = landlock.ACCESS;
  const ofFiles = execute | readFile | writeFile | truncate;
  return header("walls", "host/hardening", [
    "#include <linux/filter.h>",
    "#include <stdint.h>",
    "",
    "// Landlock: the rights on files that each of its versions has added, beginning with version 0.",
    `static const uint64_t walls_file_rights[] = {${landlock.FILE_RIGHTS_BY_VERSION.map(hex).join(", ")}};`,
    define("WALLS_NETWORK_SINCE", landlock.NETWORK_SINCE),
    define("WALLS_NETWORK_RIGHTS", landlock.NETWORK_RIGHTS),
    "// The only rights that a rule may have for a path that is not a folder.",
    define("WALLS_RIGHTS_OF_FILES", hex(ofFiles)),
    define("WALLS_LIBRARY_RIGHTS", hex(walls.LIBRARY_RIGHTS)),
    define("WALLS_PROGRAM_RIGHTS", hex(walls.PROGRAM_RIGHTS)),
    define("WALLS_SERVER_FOLDER_RIGHTS", hex(walls.SERVER_FOLDER_RIGHTS)),
    "static const char *const walls_library_paths[] = {",
    ...walls.LIBRARY_PATHS.map((path) => `  ${JSON.stringify(path)},`),
    "};",
    "",
    define("WALLS_OPEN_FILES", OPEN_FILES_MAX),
    define("WALLS_DATA_BYTES", `${EXECUTOR_DATA_MAX_BYTES}ull`),
    "",
    "// Placeholder in walls_filter for the process id of the executor.",
    define("WALLS_PID", hex(PID)),
    "static const struct sock_filter walls_filter[] = {",
    ...filterLines(),
    "};",
  ]);
}

function filterLines() {
  const program = Buffer.from(seccompFilter(PID, walls.STILL_ALLOWED_CALLS));
  const lines = [];
  let uses = 0;
  for (let at = 0; at < program.length; at += INSTRUCTION_BYTES) {
    const value = program.readUInt32LE(at + 4);
    if (value === PID) uses++;
    const constant = value === PID ? "WALLS_PID" : hex(value);
    lines.push(
      `  {${hex(program.readUInt16LE(at))}, ${program[at + 2]}, ${program[at + 3]}, ${constant}},`,
    );
  }
  if (uses !== PID_USES)
    throw new Error(`native-headers: the filter uses the process id ${uses} times`);
  return lines;
}
