import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectFolder } from "../paths.js";
import { childrenOf, isRunning, killProcess, type ProcessInfo } from "../processes.js";
import { until } from "../wait.js";
import { allocatedBytes, SETTLED_MS } from "./heaps.js";
import type { TritonServer } from "./server.js";

const HUNTER = join(projectFolder(), "test/support/triton/hunter.mjs");

/** When an executor is killed: at once, or while it holds the mutex of its region's heap. */
export type Aim = "any" | "pool mutex";

/** Waits until a guard has an executor. @returns its process id; a spare, which is started later, never comes first */
export async function executorOf(guard: number): Promise<number> {
  return (await until("an executor", () => childrenOf(guard)[0])).pid;
}

/** Another process does it, which looks at the mutex all the time, while the clients go on. */
async function hunt(region: string, pid: number): Promise<void> {
  const hunter = spawn(process.execPath, [HUNTER, region, String(pid)], { stdio: "inherit" });
  await once(hunter, "exit");
}

/** The first instance of a model, or what completes its configuration: its guard, its executor and its region. */
export class Instance {
  constructor(
    private readonly server: TritonServer,
    private readonly model: string,
  ) {}

  /** Process id of the guard. */
  get guard(): number {
    return this.stub.pid;
  }

  /** As {@link executorOf}. */
  executor(): Promise<number> {
    return executorOf(this.guard);
  }

  /** Kills the executor. @returns when it has ended */
  async killExecutor(aim: Aim = "any"): Promise<void> {
    const pid = await this.executor();
    if (aim === "pool mutex") await hunt(this.regionFile, pid);
    else killProcess(pid);
    await until("its end", () => !isRunning(pid));
  }

  /** Bytes that the heap of the region counts as allocated. */
  allocatedBytes(): number {
    return allocatedBytes(this.regionFile);
  }

  /** As {@link allocatedBytes}, when the number has not changed for a second: the server drops some blocks later. */
  async settledBytes(): Promise<number> {
    for (let last = this.allocatedBytes(); ; ) {
      await sleep(SETTLED_MS);
      const now = this.allocatedBytes();
      if (now === last) return now;
      last = now;
    }
  }

  /** Size of the region in bytes. */
  get regionBytes(): number {
    return statSync(this.regionFile).size;
  }

  private get regionFile(): string {
    const { regionPrefix } = this.server;
    return `/dev/shm/${this.stub.commandLine.find((word) => word.startsWith(regionPrefix))}`;
  }

  private get stub(): ProcessInfo {
    const prefix = `${this.model}_0`;
    // The stub that completes a configuration has the name of the model alone.
    const isOurs = ({ commandLine }: ProcessInfo) =>
      commandLine.some((word) => word === this.model || word.startsWith(prefix));
    const stub = this.server.stubs().find(isOurs);
    if (stub === undefined) throw new Error(`The server has no stub of ${this.model}.`);
    return stub;
  }
}
