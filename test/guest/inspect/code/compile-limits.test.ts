import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inspectModule } from "../../../../host/guest/inspect/inspect.js";
import {
  BRANCH_TABLE_MAX_TARGETS,
  FUNCTION_MAX_COMPILE_BYTES,
  FUNCTION_MAX_LOCALS,
  MODULE_MAX_COMPILE_BYTES,
  SMALL_CODE,
} from "../../../../host/limits.js";
import { Child, endChildren } from "../../../support/child.js";
import { BUNDLED_NODE, compiledProgram, outputOf } from "../../../support/engine.js";
import { projectFolder } from "../../../support/paths.js";
import { removeFiles, writeFile } from "../../../support/wasm/assemble.js";
import { codeModule } from "../../../support/wasm/code-shapes.js";
import { leb128, times } from "../../../support/wasm/module-bytes.js";

afterEach(async () => {
  await endChildren();
  removeFiles();
});

test("the change of the stack's height by each instruction agrees with the engine", () => {
  expect(outputOf("guest/inspect/code/heights.js")).toBe("510 instructions\n");
});

test("finding 5: the memory to compile all functions of a module is limited", () => {
  const large = { locals: [[50_000, 0x7f]] as const, code: times(240, 0x20, 0, 0x04, 0x40, 0x0b) };
  const one = inspectModule(codeModule([large])).compileBytes;
  const most = Math.floor(MODULE_MAX_COMPILE_BYTES / one);
  const functions = (count: number) => codeModule(new Array(count).fill(large));
  expect(inspectModule(functions(most)).compileBytes).toBeGreaterThan(
    0.9 * MODULE_MAX_COMPILE_BYTES,
  );
  expect(() => inspectModule(functions(most + 1))).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_INVALID",
      details: expect.objectContaining({ limit: MODULE_MAX_COMPILE_BYTES }),
      message: expect.stringMatching(
        /^the functions of the module need at least \d+ bytes of memory to compile \(estimated up to byte/,
      ),
    }),
  );
});

test.each([
  [
    "locals in a function",
    FUNCTION_MAX_LOCALS,
    (n: number) =>
      codeModule([
        {
          locals: [
            [n - 1, 0x7f],
            [1, 0x7e],
          ],
          code: [],
        },
      ]),
  ],
  [
    "targets of a br_table",
    BRANCH_TABLE_MAX_TARGETS,
    (n: number) =>
      codeModule([{ code: [2, 0x40, 0x41, 0, 0x0e, leb128(n), times(n + 1, 0), 0x0b] }]),
  ],
] as const)(
  "%s: the limit of %d is taken, by V8 as well, one more refused",
  (what, limit, build) => {
    expect(inspectModule(build(limit))).toMatchObject({ functionCount: 1 });
    expect(WebAssembly.validate(build(limit))).toBe(true);
    expect(() => inspectModule(build(limit + 1))).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ what, limit, actual: limit + 1 }),
      }),
    );
  },
);

test("a function that needs too much memory to optimise stays with the baseline compiler, and others are optimised", async () => {
  const heavy = { code: times(40_000, 0x41, 0, 0x25, 0, 0x1a) };
  const light = { code: times(SMALL_CODE.functionMaxBytes, 0x01) };
  const bytes = codeModule([{ code: [0x10, 1, 0x10, 2] }, heavy, light]);
  expect(inspectModule(bytes).baselineOnly).toEqual([1]);
  const file = writeFile("model.wasm", bytes);
  // With one task at a time, the optimised code of function 1 would come before that of function 2.
  const flags = ["--wasm-num-compilation-tasks=1", "--trace-wasm-compilation-times"];
  const child = new Child(BUNDLED_NODE, [
    ...flags,
    compiledProgram("guest/inspect/code/tiers.js"),
    file,
  ]);
  const made: string[] = [];
  while (!made.includes("2 TurboFan")) {
    const [, index, by] = /#(\d+) using (\w+)/.exec(await child.line()) ?? [];
    if (index !== undefined) made.push(`${index} ${by}`);
  }
  expect(made.sort()).toEqual(["0 Liftoff", "0 TurboFan", "1 Liftoff", "2 Liftoff", "2 TurboFan"]);
});

function ownModules(): readonly (readonly [name: string, file: string])[] {
  const examples = join(projectFolder(), "examples");
  const files = readdirSync(examples, { recursive: true, encoding: "utf8" });
  return [
    ["identity", join(projectFolder(), "dist/wasm/identity.wasm")],
    ...files
      .filter((file) => /\/1\/model\.wasm$/.test(file))
      .map((file) => [file, join(examples, file)] as const),
  ];
}

test("our own modules are far from every limit", () => {
  const modules = ownModules();
  expect(modules.length).toBeGreaterThan(10);
  for (const [name, file] of modules) {
    const facts = inspectModule(new Uint8Array(readFileSync(file)));
    expect({ name, ...facts }).toMatchObject({ name, baselineOnly: [] });
    expect(facts.largestCompileBytes).toBeLessThan(FUNCTION_MAX_COMPILE_BYTES / 50);
  }
});
