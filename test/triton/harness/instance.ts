import { closeSync, openSync, readSync } from "node:fs";
import { childrenOf, isRunning, type ProcessInfo } from "./processes.js";
import type { TritonServer } from "./server.js";
import { until } from "./wait.js";

/** Position of the allocated bytes in the header of a region's heap. */
const ALLOCATED_AT = 0x28;

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

  /** Waits until there is an executor. @returns its process id; a spare, which is started later, never comes first */
  async executor(): Promise<number> {
    const { guard } = this;
    return (await until("an executor", () => childrenOf(guard)[0])).pid;
  }

  /** Kills the executor. @returns when it has ended */
  async killExecutor(): Promise<void> {
    const pid = await this.executor();
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has just ended.
    }
    await until("its end", () => !isRunning(pid));
  }

  /** Bytes that the heap of the region counts as allocated. */
  allocatedBytes(): number {
    const region = this.stub.commandLine.find((word) => word.startsWith(this.server.regionPrefix));
    const bytes = Buffer.alloc(8);
    const file = openSync(`/dev/shm/${region}`, "r");
    readSync(file, bytes, 0, bytes.length, ALLOCATED_AT);
    closeSync(file);
    return Number(bytes.readBigUInt64LE());
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
