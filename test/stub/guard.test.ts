import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { EXECUTOR_FLAGS } from "../../host/stub/executor-flags.js";
import { IDENTITY_BACKEND, WASM_BACKEND } from "../support/wasm/guests.js";

const guard = join(WASM_BACKEND, "triton_python_backend_stub");

/** The arguments of a 23.12 server, with a region that does not exist. */
function serverArguments(change: Readonly<Record<number, string>> = {}): string[] {
  const args = [
    "/models/m/1/model.py",
    "no_such_region",
    "1048576",
    "1048576",
    String(process.pid),
    WASM_BACKEND,
    "336",
    "m_0",
    "DEFAULT",
  ];
  return args.map((arg, index) => change[index + 1] ?? arg);
}

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}, program = guard) {
  return spawnSync(program, args, { encoding: "utf8", env: { PATH: "/usr/bin:/bin", ...env } });
}

describe("the program that the server runs", () => {
  test("exits with status 1 and without output when it gets no arguments", () => {
    expect(run([])).toMatchObject({ status: 1, stdout: "", stderr: "" });
  });

  test("needs no Node, npm or Python of the machine, only its own folder", () => {
    const { status, stderr } = run(serverArguments(), { PATH: "/nonexistent" });
    expect(status).toBe(1);
    expect(stderr).toContain("no_such_region");
  });

  test.each([
    [
      "too few arguments",
      ["a", "b"],
      /only tritonserver 23\.10 or later starts this program, with the arguments: a model file/,
    ],
    [
      "a growth size that is not a number",
      serverArguments({ 4: "big" }),
      /tritonserver 23\.10 or later starts this program/,
    ],
    [
      "a server pid that is not a number",
      serverArguments({ 5: "-3" }),
      /tritonserver 23\.10 or later starts this program/,
    ],
    ["a control handle of 0", serverArguments({ 7: "0" }), /argument 7 is not the handle/],
    [
      "a region that is not there",
      serverArguments(),
      /region cannot be opened \(no_such_region: No such file or directory\)/,
    ],
  ])("given %s, exits with status 1 and one line that says so", (_, args, text) => {
    const { status, stderr } = run(args);
    expect(status).toBe(1);
    expect(stderr).toMatch(text);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("the backend folders", () => {
  test("are complete, and identity has no runtime of its own", () => {
    const common = [
      "SHA256SUMS",
      "licenses",
      "model.py",
      "triton_python_backend_stub",
      "triton_python_backend_utils.py",
    ];
    const runtime = [
      "core.wasm",
      "executor.cjs",
      "koffi.node",
      "node",
      "package.json",
      "stub.cache",
      "stub.cjs",
    ];
    expect(readdirSync(WASM_BACKEND).sort()).toEqual([...common, ...runtime].sort());
    expect(readdirSync(IDENTITY_BACKEND).sort()).toEqual([...common, "model.wasm"].sort());
    for (const name of common.slice(2)) {
      const same = readFileSync(join(WASM_BACKEND, name)).equals(
        readFileSync(join(IDENTITY_BACKEND, name)),
      );
      expect([name, same]).toEqual([name, true]);
    }
  });

  test("have a code cache that the node beside it accepts", () => {
    const rejected = `
      const { readFileSync } = require("node:fs");
      const cachedData = readFileSync("stub.cache").subarray(0, -64);
      console.log(new (require("node:vm").Script)(readFileSync("stub.cjs", "latin1"), { cachedData }).cachedDataRejected);`;
    const { stdout } = spawnSync("./node", [...EXECUTOR_FLAGS, "-e", rejected], {
      cwd: WASM_BACKEND,
      encoding: "utf8",
    });
    expect(stdout).toBe("false\n");
  });

  test("have a program that a server without root rights can read", () => {
    expect(statSync(guard).mode & 0o555).toBe(0o555);
  });
});
