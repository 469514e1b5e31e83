import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { circle, contradictions, forbiddenImports, importsOf, type Layers } from "./layers.js";
import { projectFolder } from "./support/paths.js";

const host = join(projectFolder(), "host");
const list: Layers = JSON.parse(readFileSync(join(host, "layers.json"), "utf8"));
const imports = importsOf(host);

describe("host/", () => {
  test("has a list of its rooms in which each knows only rooms below it", () => {
    expect(contradictions(list)).toEqual([]);
  });

  test("imports nothing but what the list allows", () => {
    expect(forbiddenImports(imports, list)).toEqual([]);
  });

  test("has no files that import each other in a circle", () => {
    expect(circle(imports)).toBeUndefined();
  });
});

describe("the check", () => {
  test("reads the imports of values, of types, and of what is exported again", () => {
    expect(imports.get("wire/layouts/r23-11.ts")).toEqual([
      "wire/layout.ts",
      "wire/layouts/r23-10.ts",
    ]);
    expect(imports.get("index.ts")).toEqual(
      expect.arrayContaining(["wire/layouts/index.ts", "errors.ts"]),
    );
    // An import of many names stands on many lines.
    expect(imports.get("shm/queue.ts")).toContain("libc/semaphore.ts");
  });

  const layers: Layers = {
    ground: ["limits"],
    layers: [
      { room: "low", knows: [] },
      { room: "aside", knows: [] },
      { room: "high", knows: ["low"] },
    ],
  };

  test.each([
    ["upwards", "low/a.ts", "high/b.ts"],
    ["of a room that it does not know", "high/a.ts", "aside/b.ts"],
    ["from the ground", "limits.ts", "low/a.ts"],
  ])("finds an import %s", (_where, from, to) => {
    expect(forbiddenImports(new Map([[from, [to]]]), layers)).toEqual([`${from} imports ${to}`]);
  });

  test("allows a room itself, the ground, and what it knows", () => {
    const allowed = new Map([["high/a.ts", ["high/b.ts", "limits.ts", "low/c/d.ts"]]]);
    expect(forbiddenImports(allowed, layers)).toEqual([]);
  });

  test("finds a file in no room", () => {
    expect(forbiddenImports(new Map([["new/a.ts", []]]), layers)).toEqual([
      "new/a.ts is in no room",
    ]);
  });

  test("finds a room that knows one above it", () => {
    const wrong = {
      ...layers,
      layers: [{ room: "low", knows: ["high"] }, ...layers.layers.slice(1)],
    };
    expect(contradictions(wrong)).toEqual(["low knows high, which is not below it"]);
  });

  test("finds a circle, and none where two files import the same", () => {
    const files = new Map([
      ["a.ts", ["b.ts", "c.ts"]],
      ["b.ts", ["d.ts"]],
      ["c.ts", ["d.ts"]],
    ]);
    expect(circle(files)).toBeUndefined();
    files.set("d.ts", ["c.ts"]);
    expect(circle(files)).toBe("d.ts -> c.ts -> d.ts");
  });
});
