import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { sideBySide } from "../support/triton/side-by-side.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { identityModule, WASM_BACKEND } from "../support/wasm/guests.js";

/**
 * What leaks with each cycle shows after a few; `npm run test:cycles` makes 1000 of them, and reports the memory.
 */
const CYCLES = Number(process.env.CYCLES ?? 10);
const REPORTS = 10;
const RELEASES = (process.env.CYCLES_RELEASES ?? "23.12,24.10").split(",");

const repository = new ModelRepository();

beforeAll(() => {
  const files = { "model.wasm": identityModule() };
  repository.add("stays", floatConfig("wasm"), files);
  repository.add("cycles", floatConfig("wasm"), files);
});
afterAll(() => repository.remove());

async function expectServes(server: TritonServer, model: string, value: number): Promise<void> {
  const answer = await server.http.infer(model, [floats("INPUT0", [value, -value])]);
  expect(sameTensor(answer.outputs[0]!, floats("OUTPUT0", [value, -value]))).toBe(true);
}

async function cycle(server: TritonServer, value: number): Promise<void> {
  await server.http.load("cycles");
  await expectServes(server, "cycles", value);
  await server.http.unload("cycles");
  // The API answers before the instance is gone.
  await until("the unload", () => server.stubs().length === 1);
}

/** What one model may leave behind when it goes. */
function traces(server: TritonServer, temporary: string) {
  const ours = new RegExp(`^triton_wasm_\\d+_${server.pid}_`);
  const folders = readdirSync("/dev/shm").filter((name) => ours.test(name));
  return {
    regions: server.regions(),
    processes: server.children().map(({ pid }) => pid),
    files: openFiles(server.pid),
    folders: folders.map((name) => readdirSync(join("/dev/shm", name)).sort()),
    temporary: readdirSync(temporary),
  };
}

test(
  `on ${RELEASES.join(" and ")} ${CYCLES} load, infer and unload cycles leave no process, no region, no file and no descriptor behind`,
  () => sideBySide(RELEASES, cycles),
  CYCLES * 60_000,
);

async function cycles(release: string): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), "cycles-"));
  const server = await TritonServer.start({
    release,
    modelRepository: repository.folder,
    loadModels: ["stays"],
    backends: [WASM_BACKEND],
    env: { TMPDIR: temporary },
  });
  try {
    // The first load makes what a server keeps for a backend for ever.
    await cycle(server, 1);
    // The server closes a region after its name is gone.
    const isClean = () => server.regions().length === 1 && !hasDeleted(openFiles(server.pid));
    await until("the first region to be closed", isClean);
    const before = traces(server, temporary);
    for (let count = 0; count < CYCLES; count++) {
      if (count % Math.ceil(CYCLES / REPORTS) === 0) report(server, release, count);
      await cycle(server, count);
    }
    await until("the last region to be closed", isClean).catch(() => {});
    report(server, release, CYCLES);
    expect(traces(server, temporary)).toEqual(before);
    await expectServes(server, "stays", 1);
  } finally {
    await server.stop();
    rmSync(temporary, { recursive: true });
  }
}

/** Memory is for a reader: a server keeps some of each load by itself. */
function report(server: TritonServer, release: string, count: number): void {
  if (process.env.CYCLES === undefined) return;
  const sums = readFileSync(`/proc/${server.pid}/smaps_rollup`, "latin1");
  const mib = (field: string) =>
    (Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(sums)?.[1]) / 1024).toFixed(1);
  const files = readdirSync(`/proc/${server.pid}/fd`).length;
  process.stderr.write(
    `${release}, after ${count} cycles: PSS ${mib("Pss")} MiB, RSS ${mib("Rss")} MiB, ` +
      `anonymous ${mib("Anonymous")} MiB, ${files} descriptors, ${server.children().length} children\n`,
  );
}

/** Whether a file is open whose name is gone. */
const hasDeleted = (files: readonly string[]) => files.some((file) => file.endsWith(" (deleted)"));

/** What a server keeps open: without sockets, which come and go with clients, and what its metrics look up in /proc. */
function openFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  const files = readdirSync(folder).map((name) => {
    try {
      return readlinkSync(`${folder}/${name}`);
    } catch {
      return "socket: closed meanwhile";
    }
  });
  return files.filter((file) => !/^(socket:|\/proc\/)/.test(file)).sort();
}
