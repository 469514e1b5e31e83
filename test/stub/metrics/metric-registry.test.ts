import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "@jest/globals";
import { MetricRegistry } from "../../../host/stub/metrics/metric-registry.js";

const FOLDER = mkdtempSync("/dev/shm/metrics-test-");
const SHARE = { path: FOLDER, self: "stub_self" };
const FILE = join(FOLDER, "metrics");
const KEY = { name: "things", labels: `{"model":"m","version":"1"}` };
const ADDRESSES = { family: 2n ** 63n + 1n, metric: 94_000_000_000_000n };

let registry: MetricRegistry;

beforeEach(() => {
  registry = new MetricRegistry(SHARE);
});
afterEach(() => rmSync(FILE, { force: true }));
afterAll(() => rmSync(FOLDER, { recursive: true }));

const mustNot = () => {
  throw new Error("not to be called");
};

/** The file as another stub leaves it. */
function leave(users: readonly string[]): void {
  const entry = { ...KEY, family: "7", metric: "8", users };
  writeFileSync(FILE, JSON.stringify([entry]));
}

test("the first user creates the counter, the last one deletes it, and the file is removed", () => {
  expect(registry.acquire(KEY, () => ADDRESSES)).toEqual(ADDRESSES);
  expect(statSync(FILE).mode & 0o777).toBe(0o600);
  expect(registry.acquire(KEY, mustNot)).toEqual(ADDRESSES);
  let deleted = 0;
  registry.release(KEY, () => {
    deleted += 1;
  });
  expect(deleted).toBe(1);
  expect(existsSync(FILE)).toBe(false);
  registry.release(KEY, mustNot);
});

test("the entry of a counter is removed before the counter is deleted, so a process that dies in between leaves no dangling entry", () => {
  registry.acquire(KEY, () => ADDRESSES);
  expect(() => registry.release(KEY, mustNot)).toThrow("not to be called");
  expect(registry.acquire(KEY, () => ({ family: 3n, metric: 4n }))).toEqual({
    family: 3n,
    metric: 4n,
  });
});

test("counters with other names, models or versions are different counters", () => {
  const keys = [KEY, { ...KEY, name: "x" }, { ...KEY, labels: "{}" }];
  let made = 0;
  for (const key of keys) registry.acquire(key, () => ({ family: 1n, metric: BigInt(++made) }));
  for (const [index, key] of keys.entries()) {
    expect(registry.acquire(key, mustNot).metric).toBe(BigInt(index + 1));
  }
  for (const key of keys) registry.release(key, () => (made -= 1));
  expect(made).toBe(0);
});

/** Starts another stub, which counts as alive until the returned process ends. */
async function otherStub(name: string): Promise<ChildProcess> {
  const script = `
    const { lockFile } = await import(process.argv[1]);
    const { openSync } = await import("node:fs");
    lockFile(openSync(process.argv[2], "w"), "test");
    console.log("locked");
    setInterval(() => {}, 1000);`;
  const module = new URL("../../../dist/js/host/libc/flock.js", import.meta.url).href;
  const child = spawn(process.execPath, ["-e", script, module, join(FOLDER, name)]);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}

test("a counter stays while another stub uses it; a killed stub does not count", async () => {
  const other = await otherStub("stub_other");
  leave(["stub_other"]);
  expect(registry.acquire(KEY, mustNot)).toEqual({ family: 7n, metric: 8n });
  registry.release(KEY, mustNot);
  expect(JSON.parse(readFileSync(FILE, "utf8"))[0].users).toEqual(["stub_other"]);
  other.kill("SIGKILL");
  await new Promise((resolve) => other.once("exit", resolve));
  expect(registry.acquire(KEY, mustNot)).toEqual({ family: 7n, metric: 8n });
  let deleted = 0;
  registry.release(KEY, () => {
    deleted += 1;
  });
  expect(deleted).toBe(1);
});

test("a counter that the server rejects leaves no entry", () => {
  expect(() => registry.acquire(KEY, mustNot)).toThrow("not to be called");
  expect(registry.acquire(KEY, () => ADDRESSES)).toEqual(ADDRESSES);
});

test("the entry of a process that was killed while it created the counter is ignored", () => {
  const users = ["stub_dead"];
  writeFileSync(
    FILE,
    `${JSON.stringify([{ ...KEY, family: "0", metric: "0", users, pending: true }])}   `,
  );
  expect(registry.acquire(KEY, () => ADDRESSES)).toEqual(ADDRESSES);
});

test("a file that is a link is not followed", () => {
  symlinkSync("/dev/null", FILE);
  expect(() => registry.acquire(KEY, () => ADDRESSES)).toThrow(
    expect.objectContaining({ code: "ERR_ENVIRONMENT" }),
  );
});

test("processes that wait for the file while it is removed use the new file", async () => {
  const script = `
    const { MetricRegistry } = await import(process.argv[1]);
    const registry = new MetricRegistry({ path: process.argv[2], self: "stub_" + process.pid });
    const key = ${JSON.stringify(KEY)};
    let made = 0, deleted = 0;
    for (let round = 0; round < 200; round++) {
      registry.acquire(key, () => { made += 1; return { family: 1n, metric: 2n }; });
      registry.release(key, () => { deleted += 1; });
    }
    console.log(made - deleted);`;
  const module = new URL("../../../dist/js/host/stub/metrics/metric-registry.js", import.meta.url)
    .href;
  const runs = Array.from({ length: 3 }, async () => {
    const child = spawn(process.execPath, ["-e", script, module, FOLDER]);
    let text = "";
    child.stdout.on("data", (data) => (text += data));
    child.stderr.on("data", (data) => (text += data));
    await new Promise((resolve) => child.once("close", resolve));
    return Number(text);
  });
  // The process that creates a counter need not be the one that deletes it. In the end, all created counters are deleted.
  expect((await Promise.all(runs)).reduce((sum, each) => sum + each)).toBe(0);
  expect(existsSync(FILE)).toBe(false);
});
