import { deepStrictEqual, ok, strictEqual } from "node:assert";
import type { StubError } from "../../../host/errors.js";
import { clampModule, type GrowthCaps } from "../../../host/guest/clamp.js";
import type { ModuleFacts } from "../../../host/guest/inspect/facts.js";
import { inspectModule } from "../../../host/guest/inspect/inspect.js";
import { engineFacts, factsToCompare } from "../../support/wasm/engine-facts.js";
import type { FuzzTarget } from "../target.js";
import { corpus } from "./corpus.js";
import { generateModule } from "./generate-module.js";
import { mutateModule } from "./mutate-module.js";

const CAPS: readonly GrowthCaps[] = [
  { memoryMaxPages: 16, tableMaxEntries: 1_000 },
  { memoryMaxPages: 1, tableMaxEntries: 13 },
  { memoryMaxPages: 65_536, tableMaxEntries: 10_000_000 },
];

/** What V8 alone checks: code, types, and indices in code and constant expressions. By words of its messages, of Node 20 and 24. */
const LEFT_TO_ENGINE = [
  /Compiling function #/,
  /constant expression/,
  /not enough arguments on the stack|\[\d\] expected type \w+, found /,
  /invalid start function: non-zero parameter or return count/,
  /tag signature \d+ has non-void return/,
  /(function|global|table|memory) index:? \d+/i,
  /is not a subtype of referenced table|must reference a table of type funcref/,
  /initial table size .* is larger than implementation limit/,
  // Node 20 knows no tables with an initialiser, and exnref by another name.
  /invalid value type 0x40/,
  /'(noextern|exn)(ref)?'/,
];

/** The inspector reads at most so many times the bytes that there are: measured once. */
const MOST_READ = 4;

/** The custom section that clamping adds. */
const HINTS = "compilationHints";

let modules: readonly Uint8Array[] | undefined;

/** The reader of modules, compared with V8's. */
export const INSPECT: FuzzTarget = {
  name: "inspect",
  make(random) {
    modules ??= corpus();
    return mutateModule(
      random.once(2) ? generateModule(random) : random.pick(modules),
      modules,
      random,
    );
  },
  check(input) {
    const bytes = new Uint8Array(input);
    const counted = countReads(bytes);
    const inspected = attempt(() => inspectModule(counted.bytes));
    ok(counted.reads <= MOST_READ * bytes.length, `${counted.reads} bytes were read`);
    const valid = WebAssembly.validate(bytes);
    if ("error" in inspected) return checkRefusal(inspected.error, valid);
    if (valid) deepStrictEqual(factsToCompare(inspected.value), engineFacts(bytes));
    else checkEngineRefusal(bytes);
    const clamped = CAPS.map((caps) => checkClamp(bytes, inspected.value, caps, valid));
    return `${valid ? "taken" : "left to V8, which refuses"}, ${clamped.filter(Boolean).length} times clamped`;
  },
};

/** A refusal of what V8 takes must have a name; all others say what is wrong with the bytes. */
function checkRefusal(error: StubError, valid: boolean): string {
  strictEqual(error.code, "ERR_MODEL_INVALID", String(error.stack));
  const { feature, limit } = error.details;
  if (feature !== undefined) return valid ? `refused for ${feature}` : "refused for a feature";
  if (limit !== undefined) return "refused for a limit";
  ok(!valid, `V8 takes what was refused: ${error.message}`);
  return "malformed";
}

/** Whatever the form of a module can show must have been seen by the inspector. */
function checkEngineRefusal(bytes: Uint8Array<ArrayBuffer>): void {
  const compiled = attempt(() => new WebAssembly.Module(bytes));
  const sentence = "error" in compiled ? compiled.error.message : "taken after all";
  ok(
    LEFT_TO_ENGINE.some((words) => words.test(sentence)),
    `the inspector took what V8 refuses: ${sentence}`,
  );
}

/** @returns whether the module could be clamped */
function checkClamp(
  bytes: Uint8Array,
  facts: ModuleFacts,
  caps: GrowthCaps,
  valid: boolean,
): boolean {
  const clamped = attempt(() => clampModule(bytes, facts, caps));
  if ("error" in clamped) {
    strictEqual(clamped.error.code, "ERR_GUEST_LIMIT", String(clamped.error.stack));
    return false;
  }
  strictEqual(WebAssembly.validate(clamped.value), valid, "V8 thinks otherwise of the clamped one");
  const again = inspectModule(clamped.value);
  ok(again.memory.max! <= Math.min(caps.memoryMaxPages, facts.memory.max ?? 65_536), "memory");
  const entries = again.tables.reduce((sum, { max }) => sum + max!, 0);
  ok(entries <= caps.tableMaxEntries, "tables above the cap");
  ok(
    again.tables.every(({ max }, i) => max! <= (facts.tables[i]!.max ?? max!)),
    "a table above its own maximum",
  );
  const kept = facts.sections.filter(({ id, name }) => id !== 0 || name === "name");
  const others = again.sections.filter(({ name }) => name !== HINTS);
  strictEqual(others.length < again.sections.length, facts.baselineOnly.length > 0, "hints");
  deepStrictEqual(
    withoutMaxima({ ...again, sections: others }),
    withoutMaxima({ ...facts, sections: kept }),
  );
  if (valid) deepStrictEqual(factsToCompare(again), engineFacts(clamped.value));
  return true;
}

/** What clamping must not change. */
function withoutMaxima({ memory, tables, sections, ...rest }: ModuleFacts): unknown {
  return {
    ...rest,
    memory: memory.min,
    tables: tables.map(({ min, element }) => ({ min, element })),
    sections: sections.map(({ id }) => id),
  };
}

/** The same bytes, and how often one of them has been read. */
function countReads(bytes: Uint8Array): { readonly bytes: Uint8Array; reads: number } {
  const counted = {
    reads: 0,
    bytes: new Proxy(bytes, {
      get(target, name) {
        if (typeof name === "string" && name[0]! <= "9") counted.reads += 1;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    }),
  };
  return counted;
}

type Attempt<T> = { readonly value: T } | { readonly error: StubError };

function attempt<T>(action: () => T): Attempt<T> {
  try {
    return { value: action() };
  } catch (error) {
    return { error: error as StubError };
  }
}
