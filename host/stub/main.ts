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
import { ModuleStore } from "./model/module-store.js";
import { openEndpoint } from "./open-endpoint.js";
import { Mapping } from "./shared/mapping.js";
import { OUTCOME } from "./shared/mapping-table.js";
import { Phase } from "./shared/phase.js";
import { type Launched, StateLog } from "./state-log.js";
import { wakeUp } from "./wake-up.js";

/** The file that the server really runs comes first; the others stand in when /proc is closed to the guard. */
const LIBRARIES = ["library_mapped", "library_root", "library_beside", "library_python"];
const INSTALLATIONS = ["installation_0", "installation_1", "installation_2"];

/**
 * Runs an executor, which the guard has started (docs/internals/guard.md), to its end.
 * @param launchFd what the guard says @param goFd a pipe on which it says when to begin
 */
export function run(launchFd: number, goFd: number): never {
  const launch = new Launch(launchFd);
  const mapping = Mapping.map(launch.number("mapping"));
  const core = new WebAssembly.Module(
    // Beside the program, which backends share.
    readFileSync(join(dirname(process.argv[1]!), "core.wasm")),
  );
  waitForGo(goFd);
  let executor: Executor;
  try {
    executor = prepare(launch, mapping, core);
  } catch (error) {
    mapping.setText("outcome_text", messageOf(error));
    return end(mapping, "refused");
  }
  return end(mapping, executor.run());
}

/** A spare waits here until the executor before it has died; that ends this process when the guard has gone. */
function waitForGo(fd: number): void {
  if (readSync(fd, Buffer.alloc(1)) === 0) exitProcess(0);
}

function end(mapping: Mapping, outcome: Outcome): never {
  mapping.set("outcome", OUTCOME[outcome]);
  return exitProcess(0);
}

function prepare(launch: Launch, mapping: Mapping, core: WebAssembly.Module): Executor {
  const state = new StateLog(launch.number("state"));
  const { server, ceilings } = state.launched(() => detect(launch));
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
    release: server.release,
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
    files: {
      ofModel: [launch.file("module_given"), launch.file("module_default")],
      ofBackend: launch.file("module_backend"),
    },
    modules: new ModuleStore(launch.number("module_store"), state),
    state,
    serverFolder: { path: launch.word("server_folder"), self: launch.word("stub_name") },
    hardening,
    ceilings,
    server,
    serverVerbose: launch.word("server_verbose") === "1",
    instanceName,
    name: `${instanceName} v${launch.word("version")}`,
  });
  // The answers that the guard gives for an executor are prepared by now.
  tighten(hardening);
  return executor;
}

/** Finds out who the server is, and what the operator allows. */
function detect(launch: Launch): Launched {
  const programFolder = launch.word("program_folder");
  const server = detectRelease(launch.files(LIBRARIES), launch.files(INSTALLATIONS), programFolder);
  requireLaunchOf(server.release, {
    regionName: launch.word("region_name"),
    runtimeFolder: launch.word("runtime_folder"),
    controlHandle: launch.number("control_handle"),
  });
  const ceilings = readCeilings(ceilingVariables(process.env), join(programFolder, LIMITS_FILE));
  return { server, ceilings };
}

function hardeningOf(launch: Launch): Hardening {
  const list = (text: string) => (text === "" ? [] : text.split(", "));
  return {
    mode: launch.word("hardening") as HardeningMode,
    restrictions: list(launch.word("restrictions")),
    missing: list(launch.word("restrictions_missing")),
  };
}

/** What the guard had to leave, to start Node: other programs and processes. */
function tighten({ restrictions }: Hardening): void {
  if (restrictions.includes("seccomp")) filterSystemCalls(seccompFilter(process.pid));
}
