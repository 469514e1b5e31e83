import { readFileSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { ceilingVariables, LIMITS_FILE, readCeilings } from "../config/ceilings.js";
import { messageOf } from "../errors.js";
import type { Hardening, HardeningMode } from "../hardening/hardening.js";
import { seccompFilter } from "../hardening/seccomp-filter.js";
import { disownMutexes } from "../libc/mutex.js";
import { exitProcess } from "../libc/process.js";
import { filterSystemCalls } from "../libc/seccomp.js";
import { sharedMemorySize } from "../libc/shm.js";
import { REGION_MAX_BYTES } from "../limits.js";
import { detectRelease } from "../release/detect.js";
import { requireLaunchOf } from "../release/launch-check.js";
import { GuestHistory } from "../sandbox/guest-history.js";
import { Region } from "../shm/region.js";
import { Executor } from "./executor/executor.js";
import type { Outcome } from "./executor/outcome.js";
import { Launch } from "./launch.js";
import type { ModelFiles } from "./model/model-files.js";
import { ModuleStore } from "./model/module-store.js";
import { openEndpoint } from "./open-endpoint.js";
import { Mapping } from "./shared/mapping.js";
import { OUTCOME } from "./shared/mapping-table.js";
import { Phase } from "./shared/phase.js";
import { type LaunchFacts, StateLog } from "./state-log.js";
import { wakeUp } from "./wake-up.js";

/** The file that the server has mapped comes first. The others are used when the guard cannot read /proc. */
const LIBRARIES = ["library_mapped", "library_root", "library_beside", "library_python"];
const INSTALLATIONS = ["installation_0", "installation_1", "installation_2"];

/**
 * Runs an executor to its end (docs/internals/guard.md).
 * @param launchFd a file with the words that the guard passes ({@link Launch})
 * @param goFd a pipe; a byte from the guard lets the executor begin
 */
export function run(launchFd: number, goFd: number): never {
  const launch = new Launch(launchFd);
  const mapping = Mapping.map(launch.number("mapping"));
  const core = new WebAssembly.Module(
    // The file is beside the program, which the backends share.
    readFileSync(join(dirname(process.argv[1]!), "core.wasm")),
  );
  waitForGo(goFd);
  let executor: Executor;
  try {
    executor = openExecutor(launch, mapping, core);
  } catch (error) {
    mapping.setText("outcome_text", messageOf(error));
    return exitWith(mapping, "refused");
  }
  return exitWith(mapping, executor.run());
}

/** A spare executor waits here until its predecessor has ended. When the guard has ended, this process ends as well. */
function waitForGo(fd: number): void {
  if (readSync(fd, Buffer.alloc(1)) === 0) exitProcess(0);
}

function exitWith(mapping: Mapping, outcome: Outcome): never {
  mapping.set("outcome", OUTCOME[outcome]);
  return exitProcess(0);
}

function openExecutor(launch: Launch, mapping: Mapping, core: WebAssembly.Module): Executor {
  const state = new StateLog(launch.number("state"));
  const { serverRelease, ceilings } = state.launchFacts(() => detect(launch));
  disownMutexes();
  const fd = launch.number("region");
  const region = Region.map(fd, Math.min(sharedMemorySize(fd), REGION_MAX_BYTES));
  const wakeFd = launch.number("wake");
  const phase = new Phase(mapping, () => wakeUp(wakeFd));
  const instanceName = launch.word("instance_name");
  const { endpoint, journal } = openEndpoint({
    region,
    core,
    mapping,
    phase,
    release: serverRelease.release,
    growthBytes: launch.number("growth_bytes"),
    controlHandle: launch.number("control_handle"),
  });
  const hardening = hardeningOf(launch);
  const executor = new Executor({
    endpoint,
    journal,
    mapping,
    phase,
    history: new GuestHistory(mapping.doubles("record")),
    files: modelFilesOf(launch),
    modules: new ModuleStore(launch.number("module_store"), state),
    state,
    serverFolder: { path: launch.word("server_folder"), self: launch.word("stub_name") },
    hardening,
    ceilings,
    serverRelease,
    serverVerbose: launch.word("server_verbose") === "1",
    instanceName,
    name: `${instanceName} v${launch.word("version")}`,
  });
  // From here on the guard can answer for this executor: the prepared answers exist.
  filterSystemCallsOf(hardening);
  return executor;
}

function modelFilesOf(launch: Launch): ModelFiles {
  const given = launch.file("module_given");
  return {
    ofModel: [given, launch.file("module_default")],
    ofBackend: launch.file("module_backend"),
    ofGuest: {
      folder: join(dirname(given.path), "files"),
      problem: launch.wordOf("files_problem"),
      files: launch.numberedFiles("files_"),
    },
  };
}

/** Detects the server's release, and reads the operator's limits. */
function detect(launch: Launch): LaunchFacts {
  const programFolder = launch.word("program_folder");
  const serverRelease = detectRelease(
    launch.files(LIBRARIES),
    launch.files(INSTALLATIONS),
    programFolder,
  );
  requireLaunchOf(serverRelease.release, {
    regionName: launch.word("region_name"),
    runtimeFolder: launch.word("runtime_folder"),
    controlHandle: launch.number("control_handle"),
  });
  const ceilings = readCeilings(ceilingVariables(process.env), join(programFolder, LIMITS_FILE));
  return { serverRelease, ceilings };
}

function hardeningOf(launch: Launch): Hardening {
  const list = (text: string) => (text === "" ? [] : text.split(", "));
  return {
    mode: launch.word("hardening") as HardeningMode,
    restrictions: list(launch.word("restrictions")),
    missing: list(launch.word("restrictions_missing")),
  };
}

/** Forbids the last system calls, which the guard had to allow for the start of Node: those for other programs and processes. */
function filterSystemCallsOf({ restrictions }: Hardening): void {
  if (restrictions.includes("seccomp")) filterSystemCalls(seccompFilter(process.pid));
}
