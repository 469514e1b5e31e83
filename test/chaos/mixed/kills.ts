import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectFolder } from "../../support/paths.js";
import { isRunning, killProcess, type ProcessInfo } from "../../support/processes.js";
import type { Random } from "../../support/random.js";
import { instanceOf, openFile } from "../../support/triton/heaps.js";
import { executorOf } from "../../support/triton/instance.js";
import {
  SAMPLED_AIMS,
  type SampledAim,
  type SampleOptions,
} from "../../support/triton/sampled-aims.js";
import type { TritonServer } from "../../support/triton/server.js";
import { until } from "../../support/wait.js";

/** When an executor is killed: at once, or at a certain moment of its work. */
export type MixedAim = "any" | SampledAim;

/** Half of the kills are at random moments. */
export const KILLS: readonly MixedAim[] = [
  ...SAMPLED_AIMS.map((): MixedAim => "any"),
  ...SAMPLED_AIMS,
];

const SAMPLER = join(projectFolder(), "dist/js/test/support/triton/sampler.js");
/** How long the sampler looks for its moment. Then it looks at another executor. */
const PATIENCE_MS = 1_000;
/** Place of the control block's handle among the arguments of a stub. */
const CONTROL_ARGUMENT = 7;

const CALLERS = /^(calls|nested|relay|polling)_/;
/** The instances whose executors come to the moment often. */
const VICTIMS: Readonly<Record<MixedAim, RegExp>> = {
  any: /^(calls|nested|relay|polling|stream|sleeps|identity)_/,
  push: /^(calls|nested|relay|polling|stream)_/,
  "handed over": /^(calls|nested|relay|polling|stream)_/,
  "call handed over": CALLERS,
  "last response handed over": /^(polling|stream)_/,
  "answer of a call": CALLERS,
  "streamed response": /^(calls|relay)_/,
};

/** Kills executors of a server. */
export class Killer {
  /** The number of kills of each aim. */
  readonly counts = new Map<MixedAim, number>();

  constructor(
    private readonly server: TritonServer,
    private readonly release: string,
    private readonly random: Random,
  ) {}

  /** Kills an executor of a random instance. Does not if none comes to the moment within some seconds. */
  async kill(aim: MixedAim): Promise<void> {
    const victims = this.victims(aim);
    if (victims.length > 0) await this.killOne(this.random.pick(victims), aim);
  }

  /** Kills each executor once. */
  async killAll(): Promise<void> {
    for (const victim of this.victims("any")) await this.killOne(victim, "any");
  }

  private victims(aim: MixedAim): ProcessInfo[] {
    return this.server.stubs().filter((stub) => VICTIMS[aim].test(instanceOf(stub)));
  }

  private async killOne(guard: ProcessInfo, aim: MixedAim): Promise<void> {
    const pid = await executorOf(guard.pid);
    const isKilled = aim === "any" ? killProcess(pid) : await this.sample(guard, pid, aim);
    if (!isKilled) return;
    await until("its end", () => !isRunning(pid));
    this.counts.set(aim, (this.counts.get(aim) ?? 0) + 1);
  }

  private async sample(guard: ProcessInfo, pid: number, aim: SampledAim): Promise<boolean> {
    const mapping = openFile(guard.pid, "triton_wasm_mapping");
    const region = openFile(guard.pid, this.server.regionPrefix);
    if (mapping === undefined || region === undefined) return false;
    const control = Number(guard.commandLine[CONTROL_ARGUMENT]);
    const options: SampleOptions = {
      ...{ aim, pid, mapping, region, control },
      release: this.release,
      patienceMs: PATIENCE_MS,
    };
    const { stdout } = await promisify(execFile)(process.execPath, [
      SAMPLER,
      JSON.stringify(options),
    ]);
    const outcome = stdout.trim();
    if (outcome !== "hit" && outcome !== "missed") throw new Error(`the sampler printed ${stdout}`);
    return outcome === "hit";
  }
}
