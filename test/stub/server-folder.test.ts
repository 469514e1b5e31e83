import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { isStubAlive, ServerFolder, serverFolderPath } from "../../host/stub/server-folder.js";

/** This process stands for the server as well as for one of its stubs. */
const PATH = serverFolderPath(process.pid);

afterEach(() => rmSync(PATH, { recursive: true, force: true }));

const SCRIPT = `
  const { ServerFolder } = await import(process.argv[1]);
  const folder = new ServerFolder(Number(process.argv[2]));
  console.log(folder.self);
  process.stdin.once("data", () => { folder.leave(); process.exit(); });`;
const MODULE = new URL("../../dist/js/host/stub/server-folder.js", import.meta.url).href;

/** Another stub of the same server. */
async function otherStub() {
  const child = spawn(process.execPath, ["-e", SCRIPT, MODULE, String(process.pid)]);
  const self = await new Promise<string>((resolve) =>
    child.stdout.once("data", (data) => resolve(String(data).trim())),
  );
  const end = new Promise((resolve) => child.once("exit", resolve));
  return { self, leave: () => child.stdin.write("x"), kill: () => child.kill("SIGKILL"), end };
}

test("the last stub removes the folder, whoever that is", async () => {
  const mine = new ServerFolder(process.pid);
  expect(mine.path).toBe(PATH);
  const other = await otherStub();
  expect(readdirSync(PATH).sort()).toEqual([mine.self, other.self].sort());
  mine.leave();
  expect(readdirSync(PATH)).toEqual([other.self]);
  other.leave();
  await other.end;
  expect(existsSync(PATH)).toBe(false);
});

test("a stub is known to live by its lock: not after it was killed, and not when it was never there", async () => {
  const mine = new ServerFolder(process.pid);
  const other = await otherStub();
  expect(isStubAlive(PATH, mine.self)).toBe(true);
  expect(isStubAlive(PATH, other.self)).toBe(true);
  expect(isStubAlive(PATH, "stub_0_0")).toBe(false);
  other.kill();
  await other.end;
  expect(isStubAlive(PATH, other.self)).toBe(false);
  mine.leave();
  expect(existsSync(PATH)).toBe(false);
});

test("stubs that come and go at the same time leave nothing, and none is without a folder", () => {
  const script = `
    const { ServerFolder } = await import(process.argv[1]);
    const { existsSync } = await import("node:fs");
    for (let round = 0; round < 300; round++) {
      const folder = new ServerFolder(Number(process.argv[2]));
      if (!existsSync(folder.path + "/" + folder.self)) throw new Error("no folder");
      folder.leave();
    }`;
  // Not `wait -n`, which does not find children that have ended before.
  const shell = `for i in 1 2 3; do "$0" -e "$1" "$2" "$3" & all="$all $!"; done; for one in $all; do wait "$one" || exit; done`;
  execFileSync("bash", ["-c", shell, process.execPath, script, MODULE, String(process.pid)]);
  expect(existsSync(PATH)).toBe(false);
});

test("finding 39: the folder of a server whose last stub was killed goes with the next stub of any server", async () => {
  const killed = await otherStub();
  killed.kill();
  await killed.end;
  expect(readdirSync(PATH)).toEqual([killed.self]);
  // Another server: of a process that lives.
  const other = new ServerFolder(process.ppid);
  expect(existsSync(PATH)).toBe(false);
  other.leave();
});

test("finding 39: the folder of a server whose stubs live stays, and so does what is not ours", async () => {
  const living = await otherStub();
  const file = "/dev/shm/triton_wasm_0_0_1";
  writeFileSync(file, "");
  // A folder of the same user whose name only begins as ours do.
  const others = "/dev/shm/triton_wasm_0_0_mine";
  mkdirSync(others, { recursive: true });
  const other = new ServerFolder(process.ppid);
  expect(readdirSync(PATH)).toEqual([living.self]);
  expect(existsSync(file)).toBe(true);
  expect(existsSync(others)).toBe(true);
  rmSync(file);
  rmSync(others, { recursive: true });
  other.leave();
  living.leave();
  await living.end;
});
