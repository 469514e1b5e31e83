import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { queueLayout } from "../../host/wire/control.js";
import { Dialect } from "../../host/wire/dialect.js";
import {
  commandOf,
  type Layout,
  offsetsOf,
  type StructLayout,
  structOf,
} from "../../host/wire/layout.js";
import { LAYOUTS } from "../../host/wire/layouts/index.js";
import { RELEASE_OF_SERVER_VERSION } from "../../host/wire/layouts/releases.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

const byRelease = LAYOUTS.map((layout) => [layout.releases[0]!, layout] as const);

interface Facts {
  readonly about: { readonly struct_groups: string[][] };
  readonly releases: Record<string, { server_version: string; layout: string }>;
  readonly layouts: Record<
    string,
    { structs: Record<string, { size: number; fields: object[] }>; enums: object }
  >;
}

/** Facts in the form of facts/layouts.json that agree with the tables. */
function factsOfTables(): Facts {
  const facts: Facts = {
    about: { struct_groups: LAYOUTS.map(({ releases }) => [...releases]) },
    releases: {},
    layouts: {},
  };
  for (const [server, release] of RELEASE_OF_SERVER_VERSION) {
    const layout = LAYOUTS.find(({ releases }) => releases.includes(release))?.releases[0];
    facts.releases[release] = { server_version: server, layout: layout ?? "none" };
  }
  for (const [first, layout] of byRelease) {
    const structs = structsOf(layout).map(([name, { size, fields }]) => [
      name,
      {
        size,
        fields: Object.entries(fields).map(([field, [offset, bytes]]) => ({
          name: field,
          offset,
          size: bytes,
        })),
      },
    ]);
    const values = Object.entries(layout.commands).map(([name, value]) => [
      `PYTHONSTUB_${name}`,
      value,
    ]);
    facts.layouts[first] = {
      structs: Object.fromEntries(structs),
      enums: { PYTHONSTUB_CommandType: { values: Object.fromEntries(values) } },
    };
  }
  return facts;
}

/** All structs of a release, without those that a later release has removed. */
function structsOf(layout: Layout): [name: string, struct: StructLayout][] {
  return Object.entries(layout.structs).flatMap(([name, struct]) =>
    struct === undefined ? [] : [[name, struct] as [string, StructLayout]],
  );
}

/**
 * Runs the script that generates the tables with --check.
 * @param facts default: the committed facts
 */
function checkTables(...facts: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "scripts/layouts.mjs"), "--check", ...facts],
    { encoding: "utf8" },
  );
  return { status, text: stdout + stderr };
}

describe("the script that generates the tables", () => {
  const folder = mkdtempSync(join(tmpdir(), "layouts-"));
  const file = join(folder, "facts.json");
  afterAll(() => rmSync(folder, { recursive: true }));

  test("accepts facts that agree with the tables", () => {
    writeFileSync(file, JSON.stringify(factsOfTables()));
    expect(checkTables(file)).toEqual({
      status: 0,
      text: expect.stringContaining(`${LAYOUTS.length} tables agree`),
    });
  });

  test("detects a field at another offset, and names the release", () => {
    const facts = factsOfTables();
    (facts.layouts["24.03"]!.structs.TensorShm!.fields[0] as { offset: number }).offset += 8;
    writeFileSync(file, JSON.stringify(facts));
    expect(checkTables(file)).toEqual({
      status: 1,
      text: expect.stringContaining("r24-03.ts, r24-04.ts differ"),
    });
  });

  test("rejects a group of releases whose structs differ", () => {
    const facts = factsOfTables();
    const other = structuredClone(facts.layouts["23.12"]!);
    other.structs.ResponseShm!.size += 8;
    facts.layouts.other = other;
    facts.releases["24.01"] = { server_version: "2.42.0", layout: "other" };
    writeFileSync(file, JSON.stringify(facts));
    expect(checkTables(file)).toEqual({
      status: 1,
      text: expect.stringContaining("the structs of 24.01 are not those of 23.12"),
    });
  });
});

test("the tables are those of facts/layouts.json", () => {
  expect(checkTables()).toEqual({
    status: 0,
    text: `layouts: ${LAYOUTS.length} tables agree with the facts\n`,
  });
});

test("each release is in one table, and the tables are in the order of their releases", () => {
  const releases = LAYOUTS.flatMap(({ releases }) => releases);
  expect(releases).toEqual([...new Set(releases)].sort());
  const known = [...RELEASE_OF_SERVER_VERSION.values()];
  expect(releases).toEqual(known.slice(known.indexOf("23.10")));
  expect([releases[0], releases.at(-1)]).toEqual(["23.10", "26.07"]);
});

/** The first releases with commands that 23.10 does not have. */
const SINCE = { metricObserve: "24.08", streamedResponse: "23.11" };

describe.each(byRelease)("the table of %s", (_release, layout) => {
  test("has every struct, field and command that the dialect asks for", () => {
    const release = layout.releases[0]!;
    const { commands } = new Dialect(release);
    const absent = Object.entries(commands).flatMap(([name, number]) =>
      Number.isInteger(number) ? [] : [name],
    );
    expect(absent).toEqual(
      Object.keys(SINCE).filter((command) => release < SINCE[command as keyof typeof SINCE]),
    );
    expect(Object.values(queueLayout(layout)).every(Number.isInteger)).toBe(true);
  });

  test("has no field that overlaps another one, exceeds its struct or crosses a word", () => {
    for (const [name, { size, fields }] of structsOf(layout)) {
      let end = 0;
      for (const [field, [offset, bytes]] of Object.entries(fields)) {
        const place = `${name}.${field}`;
        expect({ place, free: offset >= end }).toEqual({ place, free: true });
        if (bytes <= 8) expect({ place, rest: offset % bytes }).toEqual({ place, rest: 0 });
        end = offset + bytes;
      }
      expect({ name, inside: end <= size }).toEqual({ name, inside: true });
    }
  });

  test("has unique numbers of commands, from 0 on without a gap", () => {
    const numbers = Object.values(layout.commands);
    expect(numbers).toEqual(numbers.map((_, index) => index));
  });

  test("has the sizes of glibc and the protocol in the common parts", () => {
    expect(structOf(layout, "MessageQueueShm").size).toBe(128);
    expect(structOf(layout, "IPCControlShm").size).toBe(128);
    expect(structOf(layout, "AllocatedShmOwnership").size).toBe(16);
    const queue = structOf(layout, "MessageQueueShm").fields;
    expect([queue.sem_empty![1], queue.sem_full![1], queue.mutex![1]]).toEqual([32, 32, 40]);
  });
});

test("looking up a missing struct, field or command is an error that names it", () => {
  const layout = LAYOUTS[0]!;
  expect(() => structOf(layout, "CorrelationIdShm")).toThrow(
    "layout 23.10 has no struct CorrelationIdShm",
  );
  expect(() => offsetsOf(layout, "StringShm", "data", "terminator")).toThrow(
    "layout 23.10 has no field StringShm.terminator",
  );
  expect(() => commandOf(layout, "InferStreamExecResponse")).toThrow(
    "layout 23.10 has no command InferStreamExecResponse",
  );
});

test("the numbers of a command are those of its release: finalize is 4 in 23.10 and 5 from 23.11", () => {
  for (const layout of LAYOUTS) {
    const numbers = [
      commandOf(layout, "FinalizeRequest"),
      commandOf(layout, "AutoCompleteRequest"),
    ];
    expect(numbers).toEqual(layout.releases[0] === "23.10" ? [4, 12] : [5, 14]);
  }
});
