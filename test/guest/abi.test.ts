import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { ABI_EXPORTS, ABI_IMPORTS, ABI_NAMESPACE } from "../../host/guest/abi.js";
import { Border } from "../../host/guest/border.js";
import { importObject } from "../../host/guest/imports.js";
import { compileGuestModule } from "../../host/guest/module.js";
import { GUEST_TEXT_MAX_BYTES, TENSOR_MAX_RANK } from "../../host/limits.js";
import { projectFolder } from "../support/paths.js";
import { assemble, CAPS } from "../support/wasm/assemble.js";
import { TableServices } from "../support/wasm/table-services.js";

const root = projectFolder();
const abi = JSON.parse(readFileSync(join(root, "sdk/abi.json"), "utf8"));

test("finding F12: the SDKs' raw imports, the host's signatures and the tables are what sdk/abi.json makes", () => {
  const script = join(root, "scripts/abi.mjs");
  expect(execFileSync("node", [script, "--check"], { encoding: "utf8" })).toContain(
    "6 files agree",
  );
});

test("finding F12: the host gives a guest the functions of sdk/abi.json, and no others", () => {
  const services = new TableServices();
  const given = importObject(new Border(services, 0), services, undefined);
  expect(Object.keys(given)).toEqual([abi.namespace]);
  const names = Object.keys(abi.functions).sort();
  expect(Object.keys(given[ABI_NAMESPACE]!).sort()).toEqual(names);
  expect(Object.keys(ABI_IMPORTS).sort()).toEqual(names);
});

describe("finding F12: the exports of sdk/abi.json", () => {
  const functions = Object.entries<{ results?: string[] }>(abi.exports).filter(
    ([, { results }]) => results !== undefined,
  );

  /** A guest that exports a function of this type, and what it must have besides. */
  function guestWith(name: string, results: readonly string[]): Uint8Array<ArrayBuffer> {
    const body = (types: readonly string[]) =>
      `(result ${types.join(" ")}) ${types.map((type) => `(${type}.const 0)`).join(" ")}`;
    const execute =
      name === "triton_execute" ? "" : `(func (export "triton_execute") ${body(["i32"])})`;
    return assemble(
      `(module (memory (export "memory") 1) ${execute} (func (export "${name}") ${body(results)}))`,
    );
  }

  test("are those that the host calls", () => {
    expect(Object.keys(abi.exports).sort()).toEqual(Object.values<string>(ABI_EXPORTS).sort());
  });

  test.each(functions)("%s has the type that the host accepts", (name, { results }) => {
    expect(() => compileGuestModule(guestWith(name, results!), CAPS)).not.toThrow();
    expect(() => compileGuestModule(guestWith(name, ["i64"]), CAPS)).toThrow(
      expect.objectContaining({ code: "ERR_GUEST_EXPORT" }),
    );
  });
});

test("the limits of the SDKs are within those of the host", () => {
  expect(abi.limits.rank.value).toBeLessThanOrEqual(TENSOR_MAX_RANK);
  expect(abi.limits.message.value).toBeLessThanOrEqual(GUEST_TEXT_MAX_BYTES);
});
