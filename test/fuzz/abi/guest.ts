import { ok, strictEqual } from "node:assert";
import { StubError } from "../../../host/errors.js";
import { Border, type HostFunction } from "../../../host/guest/border.js";
import { importObject } from "../../../host/guest/imports.js";
import { GuestMemory } from "../../../host/guest/memory.js";
import type { BatchServices } from "../../../host/guest/services.js";
import { Wasi } from "../../../host/guest/wasi/wasi.js";
import { WasiNn } from "../../../host/guest/wasi-nn/wasi-nn.js";
import { TableServices } from "../../support/wasm/table-services.js";
import {
  argumentsOfModel,
  ENVIRONMENT,
  FILES,
  type GuestCallable,
  targetsOf,
} from "./functions.js";
import { guestPage, PAGE_BYTES } from "./guest-page.js";

/** Faults that end a guest's call (docs/guest-abi.md). */
const FAULTS = ["ERR_GUEST_POINTER", "ERR_GUEST_ARGUMENT", "ERR_GUEST_OUTPUT", "ERR_GUEST_EXIT"];

const PAGE = guestPage();

/** A model that only wasi-nn reaches, by graphs whose names the page has. */
const MODEL = "\u{1f600}";
const GRAPHS = new Map([
  ["IN", { model: MODEL }],
  ["TEXTS", { model: MODEL, version: 7n, inputs: ["a", "b"], outputs: ["texts", "none"] }],
]);
const RESPONSE = {
  outputs: ["OUTPUT0", "texts"].map((name, index) => ({
    name,
    datatype: 2,
    shape: [5n],
    data: new Uint8Array(5).fill(index + 1),
  })),
};

/** Keeps no lines: there may be as many as bytes. */
class QuietServices extends TableServices {
  override log(): void {}
}

/** A guest's memory and its imports, called by us in its place. */
export class Guest {
  readonly memory = new Uint8Array(new WebAssembly.Memory({ initial: 1, maximum: 1 }).buffer);
  private readonly imports: WebAssembly.Imports;
  private readonly before = new Uint8Array(PAGE_BYTES);

  constructor(batch: BatchServices) {
    const model = new QuietServices([], {
      environment: ENVIRONMENT,
      arguments: argumentsOfModel,
      files: FILES,
      graphs: GRAPHS,
    });
    model.calls.models.set(MODEL, [RESPONSE]);
    const border = new Border(batch, 0);
    border.running = "triton_execute";
    border.memory = new GuestMemory({ buffer: this.memory.buffer } as WebAssembly.Memory);
    const wasi = new Wasi(border, model);
    const services = { model, batch, calls: model.calls };
    const wasiNn = new WasiNn(border, services);
    this.imports = importObject(border, services, wasi, wasiNn);
    this.memory.set(PAGE);
  }

  /** @returns the result, or the fault */
  call(callable: GuestCallable, args: readonly (number | bigint)[]): number | bigint | StubError {
    this.before.set(this.memory);
    const result = this.resultOf(callable, args);
    const told = result instanceof StubError ? 0 : result;
    for (const [from, to] of targetsOf(callable.name, args, told)) {
      this.before.set(this.memory.subarray(from, to), Math.min(from, PAGE_BYTES));
    }
    strictEqual(Buffer.compare(this.before, this.memory), 0, `${callable.name} wrote elsewhere`);
    return result;
  }

  private resultOf(
    { namespace, name, result }: GuestCallable,
    args: readonly (number | bigint)[],
  ): number | bigint | StubError {
    let value: number | bigint | undefined;
    try {
      value = (this.imports[namespace]![name] as HostFunction)(...args);
    } catch (error) {
      if (!(error instanceof StubError)) throw error;
      ok(FAULTS.includes(error.code), String(error.stack));
      return error;
    }
    const isNumber =
      result === "I"
        ? typeof value === "bigint" && BigInt.asIntN(64, value) === value
        : result === "F"
          ? typeof value === "number"
          : Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 32;
    ok(isNumber, `${name} returned ${value}`);
    return value!;
  }
}
