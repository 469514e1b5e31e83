import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeHardening } from "../../host/sandbox/hardening.js";
import { HANG_MS } from "../triton/harness/wait.js";

const BACKEND = fileURLToPath(new URL("../../dist/backends/wasm", import.meta.url));
const HOST = new URL("../../dist/js/host", import.meta.url).href;
const ESCAPE = fileURLToPath(new URL("escape.mjs", import.meta.url));

interface Escape {
  readonly walls: readonly string[];
  readonly inMain: Readonly<Record<string, string>>;
  readonly inThread: Readonly<Record<string, string>>;
}

const folder = mkdtempSync(join(tmpdir(), "walls-"));
writeFileSync(join(folder, "mine"), "");
const victim = spawn("/bin/sleep", ["600"]);
const region = `/dev/shm/region_${victim.pid}`;
writeFileSync(region, "another model's tensors");

afterAll(() => {
  victim.kill();
  rmSync(region);
  rmSync(folder, { recursive: true });
});

/** Runs the attempts with the very runtime and launcher of a stub. */
function tryToEscape(mode: string): Escape {
  const [launcher, node] = [join(BACKEND, "without_io_uring"), join(BACKEND, "node")];
  const args = [node, ESCAPE, HOST, mode, folder, String(victim.pid)];
  return JSON.parse(execFileSync(launcher, args, { encoding: "utf8", timeout: HANG_MS }));
}

test("without walls all of it would work", () => {
  const { inMain } = tryToEscape("off");
  const { connects, asksForAnother, readsAMemory, ...rest } = inMain;
  // Nobody listens there.
  expect(connects).toBe("ECONNREFUSED");
  expect(asksForAnother).toMatch(/^(done|ESRCH)$/);
  // Its first page is mapped nowhere.
  expect(readsAMemory).toBe("EIO");
  expect(new Set(Object.values(rest))).toEqual(new Set(["done"]));
  expect(existsSync(join(folder, "new"))).toBe(true);
  rmSync(join(folder, "new"));
  victim.kill("SIGKILL");
});

describe("behind the walls", () => {
  const other = spawn("/bin/sleep", ["600"]);
  let result: Escape;

  beforeAll(() => {
    writeFileSync(`/dev/shm/region_${other.pid}`, "another model's tensors");
    const args = [join(BACKEND, "node"), ESCAPE, HOST, "required", folder, String(other.pid)];
    const output = execFileSync(join(BACKEND, "without_io_uring"), args, {
      encoding: "utf8",
      timeout: HANG_MS,
    });
    result = JSON.parse(output);
  });
  afterAll(() => {
    other.kill();
    rmSync(`/dev/shm/region_${other.pid}`);
  });

  test("all four stand on a kernel that has them, also with a rule for a folder that is gone (finding 33)", () => {
    expect(result.walls).toEqual([
      "no_new_privs",
      "rlimits",
      expect.stringMatching(/^landlock \d+$/),
      "seccomp",
    ]);
  });

  test.each(["inMain", "inThread"] as const)(
    "row 35: what a stub needs works and nothing else, %s",
    (where) => {
      expect(result[where]).toEqual({
        readsItsOwn: "done",
        readsASecret: "EACCES",
        readsInThePool: "EACCES",
        writes: "EACCES",
        opensAnotherRegion: "EACCES",
        readsAnEnvironment: expect.stringMatching(/^E(ACCES|PERM)$/),
        readsAMemory: expect.stringMatching(/^E(ACCES|PERM)$/),
        connects: "EPERM",
        sends: "EPERM",
        runsAProgram: "EPERM",
        killsAnother: "EPERM",
        asksForAnother: "done",
        compiles: "done",
      });
      expect(other.exitCode).toBeNull();
    },
  );
});

test("the log's line tells walls and what is missing", () => {
  expect(describeHardening({ mode: "auto", walls: ["a", "b"], missing: [] })).toBe(
    "hardening: a, b",
  );
  expect(describeHardening({ mode: "auto", walls: [], missing: ["landlock (no kernel)"] })).toBe(
    "hardening: none; missing: landlock (no kernel)",
  );
  expect(describeHardening({ mode: "off", walls: [], missing: [] })).toBe("hardening: off");
});
