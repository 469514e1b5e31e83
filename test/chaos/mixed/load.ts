import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../../support/random.js";
import { debtsOf } from "../../support/triton/debts.js";
import { type Heaps, instanceOf, settledHeaps } from "../../support/triton/heaps.js";
import type { ModelRepository } from "../../support/triton/repository.js";
import { TritonServer } from "../../support/triton/server.js";
import { floats } from "../../support/triton/tensors.js";
import { until } from "../../support/wait.js";
import { IDENTITY_BACKEND, WASM_BACKEND } from "../../support/wasm/guests.js";
import { streamInput } from "../../triton/streams/stream-guest.js";
import { Client } from "./client.js";
import { Killer, type MixedAim } from "./kills.js";
import { MODELS, mixedModels, PYTHON_MODELS, RELOADED } from "./models.js";
import { Tally } from "./tally.js";

/** One release of each era. */
export const LOAD_RELEASES = ["23.12", "24.08", "24.10"];
/** Its gRPC endpoint sometimes keeps a request that it has answered, and with it the model (docs/operations.md). */
const KEEPS_REQUESTS = "24.08";
const CLIENTS = 8;
/** Each client sends one request of each kind so often before the load. */
const WARM_ROUNDS = 2;
/** A block that outlives its command may have 16 bytes more than it needs. There are some such blocks in each region. */
const SLACK_BYTES = 256;
/** Longest time between two kills in milliseconds. */
const PAUSE_MS = 300;
/** Errors that a death excuses: of the instance itself, and of one that calls it. */
const DIED = /executor died|unavailable for another/;
const LOG_LINES = 60;

export interface LoadOptions {
  readonly seconds: number;
  /** When executors are killed meanwhile; none: they are not killed. */
  readonly aims: readonly MixedAim[];
  readonly seed: number;
}

/** What came of a load of calls and streams. */
export interface LoadReport {
  readonly release: string;
  /** The requests of each kind, and what came of them. */
  readonly tally: Tally;
  readonly reloads: number;
  /** The number of kills of each aim. */
  readonly kills: ReadonlyMap<MixedAim, number>;
  /** Deaths of an executor that held the pool mutex. */
  readonly heldMutex: number;
  /** Instances that the server did not unload, although they owe it nothing: its gRPC endpoint keeps a request. */
  readonly kept: readonly string[];
  /** Sentences that name what is wrong. */
  readonly faults: readonly string[];
}

/** Runs 8 clients of calls and streams on a server of this release, while two models are reloaded. */
export async function mixedLoad(release: string, options: LoadOptions): Promise<LoadReport> {
  const repository = mixedModels();
  const server = await TritonServer.start({
    release,
    modelRepository: repository.folder,
    backends: [WASM_BACKEND, IDENTITY_BACKEND],
    python: true,
    // Guests fail on purpose.
    env: { wasm_failures_max: "1000" },
  });
  try {
    return await new Load(server, repository, release, options).run();
  } catch (cause) {
    const { signal, code } = await server.stop();
    const tail = server.log().split("\n").slice(-LOG_LINES).join("\n");
    throw new Error(`On ${release}: ${cause}. The server ended with ${signal ?? code}:\n${tail}`);
  } finally {
    await server.dispose();
    repository.remove();
  }
}

class Load {
  private readonly tally = new Tally();
  private readonly faults: string[] = [];
  private kept: readonly string[] = [];
  private readonly random: Random;
  private isOver = false;
  private reloads = 0;
  private readonly killer: Killer;

  constructor(
    private readonly server: TritonServer,
    private readonly repository: ModelRepository,
    private readonly release: string,
    private readonly options: LoadOptions,
  ) {
    this.random = new Random(options.seed);
    this.killer = new Killer(server, release, new Random(options.seed));
  }

  async run(): Promise<LoadReport> {
    // Up to 24.03, stubs of two backends that start at once may get the same region.
    for (const model of MODELS) await this.server.http.load(model);
    await this.work();
    await this.unload();
    await this.stop();
    const faults = [...new Set([...this.tally.wrong, ...this.faults])];
    const { release, tally, reloads, server, kept } = this;
    const heldMutex = server.log().match(/held the region's pool mutex/g)?.length ?? 0;
    return { release, tally, reloads, kills: this.killer.counts, heldMutex, kept, faults };
  }

  private async work(): Promise<void> {
    const { aims } = this.options;
    await this.warmUp();
    const before = await this.heaps();
    const clients = this.clients(this.tally, aims.length > 0 ? DIED : undefined);
    const working = clients.map((client) => client.work(() => this.isOver));
    await Promise.all([this.end(), this.reload(), this.kill(), ...working]);
    // Each model serves again, without an error that a death would excuse.
    if (aims.length > 0) await this.clients(this.tally)[0]!.once();
    this.compare(before, await this.heaps());
  }

  /** Ends the load after its time, but not before an executor was killed at a moment that was aimed at. */
  private async end(): Promise<void> {
    const { seconds, aims } = this.options;
    await sleep(seconds * 1_000);
    const isEnough = () => [...this.killer.counts.keys()].some((aim) => aim !== "any");
    try {
      if (aims.some((aim) => aim !== "any")) await until("an aimed kill", isEnough);
    } finally {
      this.isOver = true;
    }
  }

  private clients(tally: Tally, others?: RegExp): Client[] {
    return Array.from(
      { length: CLIENTS },
      (_, number) => new Client(this.server, tally, number, this.options.seed, others),
    );
  }

  /** The first failure of each kind leaves metrics in a region, and so does the first death. */
  private async warmUp(): Promise<void> {
    const { aims } = this.options;
    for (let round = 0; round < WARM_ROUNDS; round++) {
      if (aims.length > 0) await new Killer(this.server, this.release, this.random).killAll();
      await Promise.all(this.clients(new Tally()).map((client) => client.once()));
    }
  }

  private async kill(): Promise<void> {
    const { aims } = this.options;
    while (!this.isOver && aims.length > 0) {
      await sleep(PAUSE_MS * this.random.fraction());
      await this.killer.kill(this.random.pick(aims));
    }
  }

  /** Of all instances but those of models that get new regions, and of NVIDIA's stub. */
  private heaps(): Promise<Heaps> {
    const others = [...RELOADED, ...PYTHON_MODELS];
    return settledHeaps(
      this.server,
      (instance) => !others.some((model) => instance.startsWith(`${model}_`)),
    );
  }

  private compare(before: Heaps, after: Heaps): void {
    for (const [instance, bytes] of before) {
      const now = after.get(instance);
      if (now === undefined) this.faults.push(`${instance} is gone`);
      else if (now > bytes + SLACK_BYTES)
        this.faults.push(`${instance} keeps ${now - bytes} bytes of its heap`);
    }
  }

  /** Loads each model again while it is in use. Every third time, unloads it first. */
  private async reload(): Promise<void> {
    while (!this.isOver) {
      const model = this.random.pick(RELOADED);
      const { http } = this.server;
      if (this.random.once(3)) await http.unload(model);
      else this.touch(model);
      await http.load(model);
      await this.answers(model);
      this.reloads += 1;
    }
  }

  /** The server loads a model again only if its files are newer. */
  private touch(model: string): void {
    const now = new Date();
    utimesSync(join(this.repository.folder, model, "config.pbtxt"), now, now);
  }

  /** An unload that comes too soon after a load may end the server (docs/operations.md). */
  private async answers(model: string): Promise<void> {
    const { http, grpc } = this.server;
    if (model === "refuses") await http.inferError(model, [floats("INPUT0", [1])]);
    else await grpc.inferStream(model, [streamInput(1, "lastResponse")]);
  }

  private async unload(): Promise<void> {
    const { server } = this;
    for (const model of [...MODELS].reverse()) await server.http.unload(model);
    await until("no stub", () => server.stubs().length === 0).catch(() => {
      const stubs = server.stubs();
      const instances = stubs.map(instanceOf);
      const debts = stubs.flatMap(({ pid }) => debtsOf(pid));
      if (this.release === KEEPS_REQUESTS && debts.length === 0) this.kept = instances;
      else this.faults.push(`the server does not unload ${instances}, which owe ${debts}`);
    });
  }

  private async stop(): Promise<void> {
    const { server } = this;
    if (!(await server.http.live())) this.faults.push("the server does not live");
    const { code, signal, leftRegions, leftStubs } = await server.stop();
    // The server waits for the requests that it keeps. Then it ends without an unload.
    if (this.kept.length > 0) return;
    if (code !== 0) this.faults.push(`the server ended with ${signal ?? code}`);
    const ours = new RegExp(`^triton_wasm_\\d+_${server.pid}_`);
    const folders = readdirSync("/dev/shm").filter((name) => ours.test(name));
    for (const left of [...leftRegions, ...folders])
      this.faults.push(`${left} is left in /dev/shm`);
    for (const { pid } of leftStubs) this.faults.push(`the stub ${pid} is left`);
  }
}
