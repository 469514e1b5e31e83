import { GuestInstance } from "../../../host/guest/instance.js";
import type { NnGraph } from "../../../host/guest/services.js";
import { compileGuest } from "../../support/wasm/assemble.js";
import type { TableResponse } from "../../support/wasm/table-calls.js";
import { TableServices } from "../../support/wasm/table-services.js";

export const ERRNO = {
  success: 0,
  invalidArgument: 1,
  busy: 4,
  runtimeError: 5,
  unsupportedOperation: 6,
  tooLarge: 7,
  notFound: 8,
};

/** Where the host writes results. */
export const RESULT = 500;
/** Place of a record of a tensor. */
export const TENSOR = 600;
const DIMENSIONS = 640;
/** Place of a tensor's data. */
export const DATA = 700;
/** A buffer for outputs. */
export const BUFFER = 1_000;
/** Names of graphs: their places are in {@link graph}. */
const NAMES = { net: 100, other: 110, absent: 120, grüß: 130 } as const;
const NAME_DATA = Object.entries(NAMES)
  .map(([name, at]) => `(data (i32.const ${at}) "${escaped(name)}")`)
  .join(" ");

/** `(call $nn_name (i32.const …) …)` */
export const nn = (name: string, ...args: number[]) =>
  `(call $nn_${name} ${args.map((arg) => `(i32.const ${arg})`).join(" ")})`;

/** Loads a graph. */
export const load = (name: keyof typeof NAMES) =>
  nn("load_by_name", NAMES[name], Buffer.byteLength(name), RESULT);

/** Ends triton_execute with the error number of a call, unless it is 0. */
export const must = (call: string) =>
  `(if (i32.ne (local.tee $errno ${call}) (i32.const 0)) (then (return (local.get $errno))))`;

function escaped(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
}

const store = (at: number, value: number) => `(i32.store (i32.const ${at}) (i32.const ${value}))`;

/** Writes a record of a tensor of wasi-nn. */
export function tensor({
  dimensions = [2],
  type = 3,
  data = DATA,
  length = 2,
  rank = dimensions.length,
  at = DIMENSIONS,
}: {
  readonly dimensions?: readonly number[];
  readonly type?: number;
  readonly data?: number;
  readonly length?: number;
  readonly rank?: number;
  readonly at?: number;
} = {}): string {
  return [
    ...dimensions.map((dimension, index) => store(DIMENSIONS + 4 * index, dimension)),
    store(TENSOR, at),
    store(TENSOR + 4, rank),
    // The standard reads one byte; the other three are padding.
    store(TENSOR + 8, 0x5a5a5a00 + type),
    store(TENSOR + 12, data),
    store(TENSOR + 16, length),
  ].join(" ");
}

/** A loaded graph with context 0. */
export const CONTEXT = `${must(load("net"))} ${must(nn("init_execution_context", 0, RESULT))}`;

/** An output of u8. */
export const output = (name: string, ...data: number[]) => ({
  name,
  datatype: 2,
  shape: [BigInt(data.length)],
  data: Uint8Array.from(data),
});

export interface NnOptions {
  readonly graphs?: Readonly<Record<string, NnGraph>>;
  /** Responses of the model `net`, one for each call. */
  readonly responses?: readonly TableResponse[];
  /** The body of triton_initialize. */
  readonly initialize?: string;
  readonly more?: string;
}

/** A guest with a host that answers from a table. */
export function nnGuest(
  body: string,
  { graphs = {}, responses = [], initialize, more = "" }: NnOptions = {},
) {
  const services = new TableServices([], { graphs: new Map(Object.entries(graphs)) });
  services.calls.models.set("net", responses);
  services.calls.models.set("other", [{ outputs: [output("OUTPUT0", 9)] }]);
  const first =
    initialize === undefined
      ? ""
      : `(func (export "triton_initialize") (result i32) (local $errno i32) ${initialize})`;
  const module = compileGuest(
    `(local $errno i32) (local $i i32) ${body}`,
    `${NAME_DATA} (data (i32.const ${DATA}) "\\01\\02\\03\\04\\05\\06\\07\\08") ${more} ${first}`,
  );
  const guest = new GuestInstance(module, services);
  const run = (name: string) => {
    try {
      return { status: guest.call(name), error: undefined };
    } catch (error) {
      return { status: undefined, error };
    }
  };
  return { services, run, execute: () => run("triton_execute") };
}

/** Runs triton_execute once. */
export function executeNn(body: string, options?: NnOptions) {
  const { services, execute } = nnGuest(body, options);
  const warnings = () => services.lines.map(({ level, message }) => `${level} ${message}`);
  return { services, ...execute(), events: services.calls.events, warnings: warnings() };
}
