import { Random } from "../support/random.js";
import { type Aim, Instance } from "../support/triton/instance.js";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

const CLIENTS = 4;
const VICTIM = "victim";
const NEIGHBOUR = "neighbour";
const RELOADED = "reloaded";
const KILLS_PER_RELOAD = 10;
const FAILURES_MAX = "1000";
/** An error that names the death of the executor, or that there were too many. */
const EXPECTED = /executor died|unavailable for another/;
/** Of the server's log, in the error of a run that cannot go on. */
const LOG_LINES = 60;

/** What came of a server whose executors are killed at random moments. */
export interface ChaosReport {
  readonly kills: number;
  readonly reloads: number;
  readonly answered: number;
  /** Requests that a death has cost. */
  readonly failed: number;
  /** Answers that were neither right nor such an error. */
  readonly wrong: readonly string[];
  /** Deaths of an executor that held the pool mutex. */
  readonly heldMutex: number;
  readonly allocatedBefore: number;
  readonly allocatedAfter: number;
  readonly serverAlive: boolean;
  /** The 99th percentile of the other model's latencies in milliseconds: before the kills, and meanwhile. */
  readonly neighbourMs: readonly [before: number, meanwhile: number];
}

/** What makes a report a failure: a sentence for each. */
export function faultsOf(report: ChaosReport): string[] {
  const { wrong, serverAlive } = report;
  const kept = report.allocatedAfter - report.allocatedBefore;
  const faults = [...new Set(wrong)];
  if (!serverAlive) faults.push("the server has ended");
  if (kept > 0) faults.push(`${kept} bytes of the heap are kept`);
  return faults;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function percentile99(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
}

export interface ChaosOptions {
  readonly kills: number;
  readonly seed: number;
  readonly aim?: Aim;
  /** How long the clients work before the first kill. */
  readonly calmMs: number;
}

/** Kills the executor of one model again and again while clients use it and another, and a third is loaded meanwhile. */
export async function chaos(release: string, options: ChaosOptions): Promise<ChaosReport> {
  const repository = new ModelRepository();
  const module = { "model.wasm": guest(`${COPY_ALL} (i32.const 0)`) };
  repository.add(VICTIM, floatConfig("wasm", parameter("wasm_failures_max", FAILURES_MAX)), module);
  for (const model of [NEIGHBOUR, RELOADED]) repository.add(model, floatConfig("wasm"), module);
  const server = await TritonServer.start({
    release,
    modelRepository: repository.folder,
    loadModels: [VICTIM, NEIGHBOUR],
    backends: [WASM_BACKEND],
    env: { wasm_failures_max: FAILURES_MAX },
  });
  try {
    return await new Chaos(server, options).run();
  } catch (cause) {
    const { signal, code } = await server.stop();
    const tail = server.log().split("\n").slice(-LOG_LINES).join("\n");
    throw new Error(`On ${release}: ${cause}. The server ended with ${signal ?? code}:\n${tail}`);
  } finally {
    await server.stop();
    repository.remove();
  }
}

class Chaos {
  private running = true;
  private answered = 0;
  private failed = 0;
  private reloads = 0;
  private latencies: number[] = [];
  private readonly wrong: string[] = [];
  private readonly victim: Instance;
  private readonly random: Random;

  constructor(
    private readonly server: TritonServer,
    private readonly options: ChaosOptions,
  ) {
    this.random = new Random(options.seed);
    this.victim = new Instance(server, VICTIM);
  }

  async run(): Promise<ChaosReport> {
    const { kills, aim, calmMs } = this.options;
    await this.ask(VICTIM, 1);
    await this.victim.killExecutor();
    await until("a successor", () => this.serves(VICTIM));
    const allocatedBefore = this.victim.allocatedBytes();
    const clients = [
      ...Array.from({ length: CLIENTS }, (_, client) => this.client(VICTIM, client)),
      this.client(NEIGHBOUR, CLIENTS),
    ];
    await sleep(calmMs);
    const before = percentile99(this.latencies);
    this.latencies = [];
    for (let kill = 0; kill < kills; kill++) {
      await sleep(150 * this.random.fraction());
      await this.victim.killExecutor(aim);
      if (kill % KILLS_PER_RELOAD === 0) await this.reload();
    }
    this.running = false;
    await Promise.all(clients);
    await until("a successor", () => this.serves(VICTIM));
    await until("the baseline", () => this.victim.allocatedBytes() <= allocatedBefore).catch(
      () => {},
    );
    return {
      kills,
      reloads: this.reloads,
      answered: this.answered,
      failed: this.failed,
      wrong: this.wrong,
      heldMutex: this.server.log().match(/held the region's pool mutex/g)?.length ?? 0,
      allocatedBefore,
      allocatedAfter: this.victim.allocatedBytes(),
      serverAlive: await this.server.http.live(),
      neighbourMs: [before, percentile99(this.latencies)],
    };
  }

  private async client(model: string, client: number): Promise<void> {
    for (let turn = 0; this.running; turn++) {
      const begin = performance.now();
      await this.ask(model, client * 1_000_000 + turn);
      if (model === NEIGHBOUR) this.latencies.push(performance.now() - begin);
    }
  }

  private async ask(model: string, value: number): Promise<void> {
    const input = floats("INPUT0", [value, -value, value]);
    try {
      const { outputs } = await this.server.http.infer(model, [input]);
      this.answered += 1;
      if (!sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })) {
        this.wrong.push(`${model}: another request's bytes for ${value}`);
      }
    } catch (error) {
      const { message } = error as Error;
      if (model === VICTIM && EXPECTED.test(message)) this.failed += 1;
      else this.wrong.push(`${model}: ${message}`);
    }
  }

  private async serves(model: string): Promise<boolean> {
    try {
      await this.server.http.infer(model, [floats("INPUT0", [1])]);
      return true;
    } catch {
      return false;
    }
  }

  private async reload(): Promise<void> {
    await this.server.http.load(RELOADED);
    await this.ask(RELOADED, this.reloads);
    await this.server.http.unload(RELOADED);
    this.reloads += 1;
  }
}
