import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { counterFile, MetricRegistry } from "../../host/stub/metric-registry.js";
import { isAlive, processIdentity } from "../../host/stub/process-identity.js";

/** This process stands for the server as well as for its stub. */
const self = processIdentity(process.pid)!;
const FILE = counterFile(self.pid);
const KEY = { name: "things", labels: `{"model":"m","version":"1"}` };
const ADDRESSES = { family: 2n ** 63n + 1n, metric: 94_000_000_000_000n };

let registry: MetricRegistry;

beforeEach(() => {
  registry = new MetricRegistry(process.pid);
});
afterEach(() => rmSync(FILE, { force: true }));

const mustNot = () => {
  throw new Error("not to be called");
};

/** As another stub would have left it. */
function leave(users: readonly { pid: number; startTime: string }[]): void {
  const entry = { ...KEY, family: "7", metric: "8", users };
  writeFileSync(FILE, JSON.stringify([entry]));
}

test("the first user makes the counter, the last one deletes it, and the file goes", () => {
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

test("a counter is out of the file before it is deleted: a process that dies in between leaves no trap", () => {
  registry.acquire(KEY, () => ADDRESSES);
  expect(() => registry.release(KEY, mustNot)).toThrow("not to be called");
  expect(registry.acquire(KEY, () => ({ family: 3n, metric: 4n }))).toEqual({
    family: 3n,
    metric: 4n,
  });
});

test("counters of other names, models and versions are others", () => {
  const keys = [KEY, { ...KEY, name: "x" }, { ...KEY, labels: "{}" }];
  let made = 0;
  for (const key of keys) registry.acquire(key, () => ({ family: 1n, metric: BigInt(++made) }));
  for (const [index, key] of keys.entries()) {
    expect(registry.acquire(key, mustNot).metric).toBe(BigInt(index + 1));
  }
  for (const key of keys) registry.release(key, () => (made -= 1));
  expect(made).toBe(0);
});

test("while another process uses it, the counter is shared and stays", async () => {
  const other = spawn("sleep", ["1000"]);
  try {
    await new Promise((resolve) => other.once("spawn", resolve));
    leave([processIdentity(other.pid!)!]);
    expect(registry.acquire(KEY, mustNot)).toEqual({ family: 7n, metric: 8n });
    registry.release(KEY, mustNot);
    expect(JSON.parse(readFileSync(FILE, "utf8"))[0].users).toEqual([processIdentity(other.pid!)]);
  } finally {
    other.kill("SIGKILL");
  }
});

test("a process that was killed, or whose pid another has now, does not hold the counter", () => {
  const recycled = { pid: 1, startTime: "1234567" };
  expect(isAlive(recycled)).toBe(false);
  leave([recycled, { pid: 2 ** 30, startTime: "1" }]);
  expect(registry.acquire(KEY, mustNot)).toEqual({ family: 7n, metric: 8n });
  let deleted = 0;
  registry.release(KEY, () => {
    deleted += 1;
  });
  expect(deleted).toBe(1);
});

test("a counter that the server refuses leaves nothing behind", () => {
  expect(() => registry.acquire(KEY, mustNot)).toThrow("not to be called");
  expect(registry.acquire(KEY, () => ADDRESSES)).toEqual(ADDRESSES);
});

test("a process that was killed while it made the counter leaves nothing that is taken for one", () => {
  const users = [{ pid: 2 ** 30, startTime: "1" }];
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

test("everybody who waits for the file while it is removed finds the right one", async () => {
  const script = `
    const { MetricRegistry } = await import(process.argv[1]);
    const registry = new MetricRegistry(Number(process.argv[2]));
    const key = ${JSON.stringify(KEY)};
    let made = 0, deleted = 0;
    for (let round = 0; round < 200; round++) {
      registry.acquire(key, () => { made += 1; return { family: 1n, metric: 2n }; });
      registry.release(key, () => { deleted += 1; });
    }
    console.log(made - deleted);`;
  const module = new URL("../../dist/js/host/stub/metric-registry.js", import.meta.url).href;
  const runs = Array.from({ length: 3 }, async () => {
    const child = spawn(process.execPath, ["-e", script, module, String(process.pid)]);
    let text = "";
    child.stdout.on("data", (data) => (text += data));
    child.stderr.on("data", (data) => (text += data));
    await new Promise((resolve) => child.once("close", resolve));
    return Number(text);
  });
  // Who makes it need not be who deletes it; in the end all that was made is deleted.
  expect((await Promise.all(runs)).reduce((sum, each) => sum + each)).toBe(0);
  expect(existsSync(FILE)).toBe(false);
});
