import { readFileSync } from "node:fs";
import { GuestInstance } from "../../host/guest/instance.js";
import { compileGuestModule } from "../../host/guest/module.js";
import { CAPS } from "../support/wasm/assemble.js";
import {
  type TableOptions,
  type TableRequest,
  TableServices,
} from "../support/wasm/table-services.js";

/** The identity model, compiled. */
export const identityModule = compileGuestModule(
  readFileSync(new URL("../../dist/wasm/identity.wasm", import.meta.url)),
  CAPS,
);

type Json = Readonly<Record<string, unknown>>;

/** An input or output as the server writes it into the configuration. */
export function tensor(name: string, more: Json = {}): Json {
  return { name, data_type: "TYPE_FP32", format: "FORMAT_NONE", dims: [-1], ...more };
}

/** INPUT<suffix> and OUTPUT<suffix>, alike but for what the input has alone. */
export function pair(suffix: string | number, both: Json = {}, input: Json = {}): [Json, Json] {
  return [
    tensor(`INPUT${suffix}`, { optional: false, ...both, ...input }),
    tensor(`OUTPUT${suffix}`, both),
  ];
}

export const OPTIONAL = { optional: true };

/** A configuration of these pairs. */
export function configOf(pairs: readonly (readonly [Json, Json])[], more: Json = {}): Json {
  return {
    name: "m",
    backend: "identity",
    max_batch_size: 0,
    input: pairs.map(([input]) => input),
    output: pairs.map(([, output]) => output),
    parameters: {},
    ...more,
  };
}

/** The `parameters` of a configuration. */
export function parameters(values: Readonly<Record<string, string>>): Json {
  return {
    parameters: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, { string_value: value }]),
    ),
  };
}

/** An instance of the identity model, and all that it does. */
export class IdentityGuest {
  readonly services: TableServices;
  /** What triton_initialize returned. */
  readonly status: number;
  /** The text that it passed to `fail`. */
  readonly failure: string | undefined;
  private readonly guest: GuestInstance;

  /** @param config its text when it is one @param restarts how many instances there have been before */
  constructor(config: Json | string, options: TableOptions = {}, restarts = 0) {
    this.services = new TableServices([], {
      arguments: {
        model_name: "m",
        model_config: typeof config === "string" ? config : JSON.stringify(config),
      },
      ...options,
    });
    this.guest = new GuestInstance(identityModule, this.services, restarts);
    this.status = this.guest.call("triton_initialize");
    this.failure = this.guest.failure;
  }

  /** Runs a batch. */
  execute(...requests: TableRequest[]): TableServices {
    this.services.requests = requests;
    expect(this.guest.call("triton_execute")).toBe(0);
    return this.services;
  }
}

/** Loads the model, which has to work. */
export function load(config: Json, options: TableOptions = {}, restarts = 0): IdentityGuest {
  const guest = new IdentityGuest(config, options, restarts);
  expect([guest.failure, guest.status]).toEqual([undefined, 0]);
  return guest;
}

/**
 * Loads the model, which must fail.
 * @returns the text that it passed to `fail`
 */
export function refusal(config: Json | string, options: TableOptions = {}): string {
  const guest = new IdentityGuest(config, options);
  expect(guest.status).toBe(1);
  expect(guest.services.counters).toEqual([]);
  return guest.failure!;
}

/** The milliseconds of each sleep while `run` runs, none of which is slept. */
export function sleepsOf(run: () => void): number[] {
  const sleeps: number[] = [];
  const { wait } = Atomics;
  Atomics.wait = (_cell: unknown, _index: number, _value: unknown, ms?: number) => {
    sleeps.push(ms!);
    return "timed-out";
  };
  try {
    run();
  } finally {
    Atomics.wait = wait;
  }
  return sleeps;
}
