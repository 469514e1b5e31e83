import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { GuestInstance } from "../../../host/guest/instance.js";
import type { GuestModule } from "../../../host/guest/module.js";
import { projectFolder } from "../../support/paths.js";
import { type TableInput, TableServices } from "../../support/wasm/table-services.js";
import { SDK_MODELS } from "./models.js";

const { limits } = JSON.parse(readFileSync(join(projectFolder(), "sdk/abi.json"), "utf8"));
const RANK_MAX: number = limits.rank.value;
const NAME_MAX: number = limits.quotedName.value;
const MESSAGE_MAX: number = limits.message.value;

const INVALID_ARG = 3;
const FP64 = 12;
const DIMENSION_MIN = -(2n ** 63n);

/** What the model makes of one request with this input, whose id is `asked`. */
function answerOf(guest: GuestModule, input: TableInput, asked = input.name) {
  const request = { inputs: [input], outputs: ["OUTPUT0"], id: asked };
  const services = new TableServices([request]);
  const instance = new GuestInstance(guest, services);
  if (instance.has("triton_initialize")) expect(instance.call("triton_initialize")).toBe(0);
  expect(instance.call("triton_execute")).toBe(0);
  const { errors, written, parameters } = services;
  return {
    errors: errors.map(({ code, message }) => [code, message]),
    shapes: written.map(({ shape }) => shape),
    parameters: parameters.map(({ key, value }) => [key, value]),
  };
}

const made = (name: string, shape: number[]) => ({
  errors: [],
  shapes: [shape],
  parameters: [
    ["input", name],
    ["rank", BigInt(shape.length)],
  ],
});

const refused = (message: string) => ({
  errors: [[INVALID_ARG, message]],
  shapes: [],
  parameters: [],
});

const ones = (rank: number) => Array.from({ length: rank }, () => 1);

describe.each(SDK_MODELS)("finding F12: the SDK of %s", (_language, guest) => {
  test.each([0, 1, 8, 9, 16, 17, RANK_MAX])("takes an input of %d dimensions", (rank) => {
    const shape = ones(rank);
    expect(answerOf(guest, { name: "IN", shape })).toEqual(made("IN", shape));
  });

  test.each([RANK_MAX + 1, 1_000])("refuses an input of %d dimensions", (rank) => {
    expect(answerOf(guest, { name: "IN", shape: ones(rank) })).toEqual(
      refused(`input IN has ${rank} dimensions, above the model's limit of ${RANK_MAX}`),
    );
  });

  test("refuses a shape that does not fit the data, and does not cut off its longest error text", () => {
    const shape = Array.from({ length: RANK_MAX }, () => DIMENSION_MIN);
    const name = "N".repeat(NAME_MAX);
    const byteSize = 2 ** 32 - 1;
    const message = `input ${name} has ${byteSize} bytes, which do not fit its shape [${shape.join(", ")}] of datatype FP32`;
    expect(message.length).toBeLessThanOrEqual(MESSAGE_MAX);
    expect(answerOf(guest, { name, shape, byteSize })).toEqual(refused(message));
  });

  test("refuses another datatype", () => {
    expect(answerOf(guest, { name: "IN", datatype: FP64, byteSize: 8 })).toEqual(
      refused("input IN has the datatype FP64, the model reads FP32"),
    );
  });

  test.each([1, NAME_MAX, NAME_MAX + 1, 1_000])(
    "finds an input whose name has %d bytes",
    (length) => {
      const name = "N".repeat(length);
      expect(answerOf(guest, { name })).toEqual(made(name, [1]));
    },
  );

  test("finds an input with an empty name, because the ABI allows it", () => {
    expect(answerOf(guest, { name: "" })).toEqual(made("", [1]));
  });

  test.each([
    ["as long as an error quotes", "N".repeat(NAME_MAX), "N".repeat(NAME_MAX)],
    ["a byte longer", "N".repeat(NAME_MAX + 1), "N".repeat(NAME_MAX)],
    ["cut off within a character", `${"N".repeat(NAME_MAX - 1)}é`, "N".repeat(NAME_MAX - 1)],
    ["cut off behind a character", `${"N".repeat(NAME_MAX - 2)}éN`, `${"N".repeat(NAME_MAX - 2)}é`],
    ["empty", "", ""],
  ])("quotes a name that is %s", (_case, name, quoted) => {
    expect(answerOf(guest, { name: "OTHER" }, name)).toEqual(
      refused(`the request has no input ${quoted}`),
    );
    expect(answerOf(guest, { name, datatype: FP64, byteSize: 8 })).toEqual(
      refused(`input ${quoted} has the datatype FP64, the model reads FP32`),
    );
  });
});
