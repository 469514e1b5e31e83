import { readFileSync } from "node:fs";
import { expect } from "@jest/globals";
import { Instance } from "../support/triton/instance.js";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

const GOOD = "good";
/** Far above the ceiling: most guests are provoked more often than an operator lets one fail. */
const FAILURES_MAX = "1000";
/** A guest misbehaves when its input has this many floats, else it copies. */
const PROVOKING = 2;

/** Hostile guests in a real server, beside a well-behaved model that has to answer throughout. */
export class Zoo {
  private readonly repository = new ModelRepository();
  private running: TritonServer | undefined;
  private watching = true;
  private watch: Promise<void> | undefined;
  private watchFailure: unknown;
  private answers = 0;

  get server(): TritonServer {
    return this.running!;
  }

  /** Adds a model with this module. */
  addModule(name: string, module: Uint8Array, extra = ""): void {
    this.repository.add(name, floatConfig("wasm", extra), { "model.wasm": module });
  }

  /**
   * Adds a model that does this when it is provoked, and copies its input otherwise.
   * @param body leaves nothing
   */
  add(
    name: string,
    body: string,
    { more = "", extra = "", failuresMax = FAILURES_MAX } = {},
  ): void {
    const provoked = `(if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const ${4 * PROVOKING})) (then ${body}))`;
    this.addModule(
      name,
      guest(`${provoked} ${COPY_ALL} (i32.const 0)`, more),
      extra + parameter("wasm_failures_max", failuresMax),
    );
  }

  async start(): Promise<void> {
    this.addModule(GOOD, guest(`${COPY_ALL} (i32.const 0)`));
    this.running = await TritonServer.start({
      modelRepository: this.repository.folder,
      backends: [WASM_BACKEND],
      env: { wasm_failures_max: FAILURES_MAX },
    });
    await this.server.http.load(GOOD);
    this.watch = this.askTheGood();
  }

  /** Ends the server and looks whether the well-behaved model has answered all the time. */
  async stop(): Promise<void> {
    await until("answers of the well-behaved model", this.hasAnsweredOften).catch(() => {});
    this.watching = false;
    await this.watch;
    const ended = await this.running?.stop();
    this.repository.remove();
    if (this.watchFailure !== undefined) throw this.watchFailure;
    expect(this.hasAnsweredOften()).toBe(true);
    expect(ended).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  }

  /** The model's load fails with these words, and the server goes on. */
  async refuses(model: string, words: RegExp): Promise<void> {
    expect(await this.server.http.loadError(model)).toMatch(words);
    await this.expectAlive();
  }

  /** Loads the model if that has not been done, provokes it, and looks whether the damage is what it may be. */
  async provoke(model: string, words: RegExp): Promise<void> {
    await this.load(model);
    await this.answersWell(model);
    const before = await this.settledBytes(model, () => this.provokeOnce(model, words));
    for (let round = 0; round < 2; round++) await this.provokeOnce(model, words);
    await until(`${before} allocated bytes`, () => this.allocatedBytes(model) <= before);
    await this.expectAlive();
  }

  /** Loads the model, and sends it the input that makes it misbehave. The request must succeed. @returns its output */
  async calm(model: string): Promise<readonly number[]> {
    await this.load(model);
    const { outputs } = await this.server.http.infer(model, provoking());
    await this.expectAlive();
    const bytes = Buffer.from(outputs[0]!.bytes);
    return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(4 * index));
  }

  private readonly hasAnsweredOften = () => this.answers > 20 || this.watchFailure !== undefined;

  async answersWell(model: string): Promise<void> {
    const input = floats("INPUT0", [1, 2, 3]);
    const { outputs } = await this.server.http.infer(model, [input]);
    expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
  }

  private async provokeOnce(model: string, words: RegExp): Promise<void> {
    const stubs = this.server.stubPids();
    const error = await this.server.http.inferError(model, provoking());
    expect(error).toMatch(words);
    await this.answersWell(model);
    expect(this.server.stubPids()).toEqual(stubs);
  }

  private async load(model: string): Promise<void> {
    await this.server.http.load(model);
  }

  private async expectAlive(): Promise<void> {
    expect(await this.server.http.live()).toBe(true);
    await this.answersWell(GOOD);
  }

  /** Memory of the model's stub that is resident. */
  residentBytes(model: string): number {
    const { guard } = new Instance(this.server, model);
    const [, pages] = readFileSync(`/proc/${guard}/statm`, "utf8").split(" ");
    return Number(pages) * 4_096;
  }

  /** Twice, since the first failure makes the model's metrics, which stay. */
  private async settledBytes(model: string, act: () => Promise<void>): Promise<number> {
    for (let turn = 0; turn < 2; turn++) await act();
    let bytes = -1;
    await until("a steady heap", () => {
      const last = bytes;
      bytes = this.allocatedBytes(model);
      return bytes === last;
    });
    return bytes;
  }

  private allocatedBytes(model: string): number {
    return new Instance(this.server, model).allocatedBytes();
  }

  private async askTheGood(): Promise<void> {
    try {
      while (this.watching) {
        await this.answersWell(GOOD);
        this.answers += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    } catch (error) {
      this.watchFailure = error;
    }
  }
}

const provoking = () => [floats("INPUT0", Array(PROVOKING).fill(1))];
