import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_CEILINGS } from "../../../host/config/ceilings.js";
import { createSharedMemory, unlinkSharedMemory } from "../../../host/libc/shm.js";
import { EXECUTOR_FLAGS } from "../../../host/stub/executor-flags.js";
import { Mapping } from "../../../host/stub/shared/mapping.js";
import { MAPPING_BYTES, MAPPING_VERSION, STOP } from "../../../host/stub/shared/mapping-table.js";
import type { LaunchFacts } from "../../../host/stub/state-log.js";
import { until } from "../wait.js";
import { WASM_BACKEND } from "../wasm/guests.js";
import { type ParentRegion, uniqueName } from "./parent-region.js";

/** How an executor has ended: exactly one of the two is set. */
export interface ExecutorExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ExecutorLaunch {
  readonly parent: ParentRegion;
  readonly release: string;
  /** Whether the files of the server say so as well; default: yes. */
  readonly confirmed?: boolean;
  /** The model's module; undefined: the file is missing. */
  readonly module: Uint8Array | undefined;
  /** The step of growth that the executor is told; default: the region's. */
  readonly growthBytes?: number;
}

const running = new Set<ExecutorGuard>();

/**
 * What the guard keeps for the executors of an instance, and starts them with (native/guard/launch.h): the packaged program, the
 * mapping, the region, and files in memory. The restrictions of the operating system are left out.
 */
export class ExecutorGuard {
  readonly mapping: Mapping;
  private readonly folder = mkdtempSync(join(tmpdir(), "executor-"));
  private readonly fds: number[] = [];
  private readonly words: readonly string[];
  private process: ChildProcess | undefined;
  private exit: Promise<ExecutorExit> | undefined;
  private stderr = "";

  constructor(launch: ExecutorLaunch) {
    const { parent, release, module, confirmed = true } = launch;
    const mapping = this.memory(MAPPING_BYTES);
    writeSync(mapping, new Uint8Array(Uint32Array.of(MAPPING_VERSION).buffer), 0, 4, 0);
    this.mapping = Mapping.map(mapping);
    const launched: LaunchFacts = {
      serverRelease: { release, confirmed },
      ceilings: DEFAULT_CEILINGS,
    };
    const state = this.file("state", `${JSON.stringify({ kind: "launched", launched })}\n`);
    const store = this.file("store", "");
    const modelPath = "/models/model/1/model.wasm";
    const given = module === undefined ? -2 : this.file("model.wasm", module);
    const wake = this.keep(openSync("/dev/null", "w"));
    const file = (fd: number) => `${fd < 0 ? fd : this.numberOf(fd)} ${modelPath}`;
    const words: Record<string, string | number> = {
      mapping: this.numberOf(mapping),
      region: this.numberOf(this.keep(parent.fd)),
      state: this.numberOf(state),
      module_store: this.numberOf(store),
      wake: this.numberOf(wake),
      module_given: file(given),
      module_default: file(given),
      module_backend: "-2 /backend/model.wasm",
      growth_bytes: launch.growthBytes ?? parent.growthBytes,
      control_handle: parent.controlHandle,
      instance_name: "model_0",
      version: "1",
      server_folder: this.folder,
      stub_name: "stub",
      server_verbose: "0",
      hardening: "off",
      restrictions: "",
      restrictions_missing: "",
    };
    this.words = Object.entries(words).flatMap(([name, value]) => [name, String(value)]);
    running.add(this);
  }

  /** Starts an executor. @param stopped why the one before it has ended: by itself otherwise */
  start(stopped?: string): void {
    const { mapping } = this;
    mapping.set("ready", 0);
    if (stopped !== undefined) {
      mapping.set("stop_kind", STOP.died);
      mapping.setText("stop_text", stopped);
      mapping.set("restarts", mapping.get("restarts") + 1);
    }
    const launch = this.file("launch", `${this.words.join("\0")}\0`);
    const go = this.file("go", "1");
    const node = join(WASM_BACKEND, "node");
    const program = join(WASM_BACKEND, "executor.cjs");
    const args = [...EXECUTOR_FLAGS, program, this.numberOf(launch), this.numberOf(go)];
    const stdio = ["ignore", "ignore", "pipe", ...this.fds] as const;
    this.process = spawn(node, args.map(String), { stdio: [...stdio] });
    this.process.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.exit = new Promise((resolve) => {
      this.process!.once("close", (code, signal) => resolve({ code, signal }));
    });
  }

  /** Lines that it has written for the guard's log. */
  get log(): string {
    return this.stderr;
  }

  /** Waits until the executor has ended by itself. */
  ended(): Promise<ExecutorExit> {
    return this.exit!;
  }

  /** Waits until the field of the mapping has this value, as the guard sees it. */
  async reached(field: string, value: number): Promise<void> {
    await until(`${field} ${value}`, () => this.mapping.get(field) === value);
  }

  async kill(): Promise<void> {
    this.process?.kill("SIGKILL");
    await this.exit;
  }

  async remove(): Promise<void> {
    await this.kill();
    for (const fd of this.fds.slice()) if (this.own.has(fd)) closeSync(fd);
    rmSync(this.folder, { recursive: true, force: true });
    running.delete(this);
  }

  private readonly own = new Set<number>();

  private keep(fd: number): number {
    this.fds.push(fd);
    return fd;
  }

  /** Which descriptor of the executor it is: behind the three of every process. */
  private numberOf(fd: number): number {
    return 3 + this.fds.indexOf(fd);
  }

  private file(name: string, content: string | Uint8Array): number {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    const fd = this.keep(openSync(path, "r+"));
    this.own.add(fd);
    return fd;
  }

  private memory(bytes: number): number {
    const name = uniqueName();
    const fd = createSharedMemory(name, bytes);
    unlinkSharedMemory(name);
    this.own.add(fd);
    return this.keep(fd);
  }
}

/** For afterEach: no executor outlives its test. */
export async function endExecutors(): Promise<void> {
  await Promise.all([...running].map((guard) => guard.remove()));
}
