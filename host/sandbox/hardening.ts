import { messageOf, StubError } from "../errors.js";
import { landlockVersion, type PathRule, restrictFiles } from "../libc/landlock.js";
import { setNoNewPrivileges } from "../libc/prctl.js";
import { lowerLimit, RLIMIT } from "../libc/rlimit.js";
import { filterSystemCalls } from "../libc/seccomp.js";
import { OPEN_FILES_MAX } from "../limits.js";
import { seccompFilter } from "./seccomp-filter.js";

/** What the operator wants: `auto` takes what the kernel has, `required` refuses to run without a wall. */
export const HARDENING_MODES = ["auto", "off", "required"] as const;
export type HardeningMode = (typeof HARDENING_MODES)[number];

/** Which walls stand. */
export interface Hardening {
  readonly mode: HardeningMode;
  readonly walls: readonly string[];
  /** Walls that the kernel does not have, with its reason. */
  readonly missing: readonly string[];
  /** What threads that are started later have to put up for themselves. */
  readonly thread: ThreadWalls;
}

/** Structured-cloneable. */
export interface ThreadWalls {
  /** 0: none. */
  readonly landlockVersion: number;
  readonly rules: readonly PathRule[];
}

const NO_WALLS: ThreadWalls = { landlockVersion: 0, rules: [] };

/**
 * Puts up the operating system's walls around this process, before its first guest: whoever escapes from V8 finds no file but
 * the model's, no network, no other program and no other process. Needs no capability.
 *
 * The filter of system calls holds for all threads. Landlock holds for this thread and for those that call {@link hardenThread};
 * V8's own helper threads, which run before any code of ours, stay without: only a second start of the process would
 * reach them.
 * @param rules what is left of the file system
 * @throws StubError ERR_ENVIRONMENT when a wall is required and missing
 */
export function hardenProcess(mode: HardeningMode, rules: readonly PathRule[]): Hardening {
  if (mode === "off") return { mode, walls: [], missing: [], thread: NO_WALLS };
  const walls: string[] = [];
  const missing: string[] = [];
  const build = (name: string, put: () => void) => {
    try {
      put();
      walls.push(name);
    } catch (error) {
      missing.push(`${name} (${messageOf(error)})`);
    }
  };
  build("no_new_privs", setNoNewPrivileges);
  build("rlimits", lowerLimits);
  const version = landlockVersion();
  build(version > 0 ? `landlock ${version}` : "landlock", () => {
    if (version === 0) throw new Error("the kernel does not offer it");
    restrictFiles(version, rules);
  });
  build("seccomp", () => filterSystemCalls(seccompFilter(process.pid)));
  if (mode === "required" && missing.length > 0) {
    throw new StubError(
      "ERR_ENVIRONMENT",
      `hardening is required, but this machine lacks ${missing.join(", ")}: run on a kernel that has it, or set hardening to auto`,
      { missing },
    );
  }
  return { mode, walls, missing, thread: { landlockVersion: version, rules } };
}

/** The walls of a thread of its own, at its start. */
export function hardenThread({ landlockVersion, rules }: ThreadWalls): void {
  if (landlockVersion === 0) return;
  setNoNewPrivileges();
  restrictFiles(landlockVersion, rules);
}

/** For the log: which walls stand. */
export function describeHardening({ mode, walls, missing }: Hardening): string {
  if (mode === "off") return "hardening: off";
  const lacking = missing.length === 0 ? "" : `; missing: ${missing.join(", ")}`;
  return `hardening: ${walls.join(", ") || "none"}${lacking}`;
}

function lowerLimits(): void {
  lowerLimit(RLIMIT.core, 0);
  lowerLimit(RLIMIT.openFiles, OPEN_FILES_MAX);
  // Not the size of files: it would end the process when the server's log, to which we write, is a longer one. Nor the
  // address space, of which V8 reserves 10 GiB for each memory.
}
