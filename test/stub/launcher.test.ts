import { spawnSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { IDENTITY_BACKEND, WASM_BACKEND } from "../triton/guests.js";

const launcher = join(WASM_BACKEND, "triton_python_backend_stub");

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

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}, program = launcher) {
  return spawnSync(program, args, { encoding: "utf8", env: { PATH: "/usr/bin:/bin", ...env } });
}

describe("the launcher that the server runs", () => {
  test("exits with status 1 and without a word when it gets no arguments", () => {
    expect(run([])).toMatchObject({ status: 1, stdout: "", stderr: "" });
  });

  test("needs neither Node nor npm nor Python of the machine: nothing but its own folder on the way", () => {
    const { status, stderr } = run(serverArguments(), { PATH: "/nonexistent" });
    expect(status).toBe(1);
    expect(stderr).toContain("no_such_region");
  });

  test("does not obey NODE_OPTIONS of the server's environment", () => {
    const { stderr } = run(serverArguments(), { NODE_OPTIONS: "--no-such-option" });
    expect(stderr).not.toContain("no-such-option");
  });

  test.each([
    ["too few arguments", ["a", "b"], /got 2 arguments instead of 9/],
    ["a growth size that is no number", serverArguments({ 4: "big" }), /argument 4 .* is 'big'/],
    ["a server pid that is no number", serverArguments({ 5: "-3" }), /argument 5 .* is '-3'/],
    ["a control handle that is no number", serverArguments({ 7: "0" }), /argument 7 .* is '0'/],
    [
      "a region that is not there",
      serverArguments(),
      /no_such_region.*ENOENT|ENOENT.*no_such_region/,
    ],
  ])("given %s, exits with status 1 and one line that says so", (_, args, text) => {
    const { status, stderr } = run(args);
    expect(status).toBe(1);
    expect(stderr).toMatch(text);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("a backend folder", () => {
  test.each(["node", "without_io_uring"])(
    "that lost %s or its execute bit ends with status 1 and one line that says so",
    (file) => {
      for (const content of [undefined, "not executable"]) {
        const { status, stderr } = runWith(file, content);
        expect(status).toBe(1);
        expect(stderr).toMatch(
          new RegExp(
            `^triton_python_backend_stub: '/.*/${file}' is missing or is not executable: .*\n$`,
          ),
        );
      }
    },
  );

  /** Starts the stub of a folder in which this file is another one, or missing. */
  function runWith(file: string, content?: string | Uint8Array) {
    const folder = mkdtempSync(join(tmpdir(), "backend-"));
    try {
      for (const name of readdirSync(WASM_BACKEND).filter((name) => name !== file)) {
        symlinkSync(join(WASM_BACKEND, name), join(folder, name));
      }
      if (content !== undefined) writeFileSync(join(folder, file), content);
      return run(serverArguments(), {}, join(folder, "triton_python_backend_stub"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test.each([
    ["no code of V8", undefined],
    ["half of it", readFileSync(join(WASM_BACKEND, "stub.cache")).subarray(0, 9_000)],
    ["something else in its place", "no code"],
  ])("with %s starts the stub all the same", (_, content) => {
    const { stderr } = runWith("stub.cache", content);
    expect(stderr).toContain("no_such_region");
  });

  test("whose program and code of V8 are of two builds runs the program", () => {
    const source = readFileSync(join(WASM_BACKEND, "stub.cjs"), "latin1");
    const [, fingerprint = ""] = source.split("\n//");
    // V8 itself looks at the length alone.
    const other = source.replaceAll("region", "REGION").replace(fingerprint, "0".repeat(64));
    const { stderr } = runWith("stub.cjs", Buffer.from(other, "latin1"));
    expect(stderr).toContain("REGION");
  });

  test.each([
    ["without the program", "stub.cjs", undefined, /ENOENT.*stub\.cjs/],
    ["with half a program", "stub.cjs", "(function(module,require){", /Unexpected end of input/],
    ["without the FFI library", "koffi.node", undefined, /Cannot find module '.\/koffi.node'/],
  ])("%s ends with status 1 and one line that says so", (_, file, content, reason) => {
    const { status, stderr } = runWith(file, content);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^E\d{4} .* the backend in \/.* cannot be started: .*; install it again\n$/,
    );
    expect(stderr).toMatch(reason);
  });
});

describe("the backend folders", () => {
  test("are complete, and identity differs from wasm by its model alone", () => {
    const names = readdirSync(WASM_BACKEND).sort();
    expect(names).toEqual([
      "core.wasm",
      "koffi.node",
      "model.py",
      "node",
      "stub.cache",
      "stub.cjs",
      "triton_python_backend_stub",
      "triton_python_backend_stub.cjs",
      "triton_python_backend_utils.py",
      "without_io_uring",
    ]);
    expect(readdirSync(IDENTITY_BACKEND).sort()).toEqual([...names, "model.wasm"].sort());
    for (const name of names.filter((name) => name !== "node")) {
      const same = readFileSync(join(WASM_BACKEND, name)).equals(
        readFileSync(join(IDENTITY_BACKEND, name)),
      );
      expect([name, same]).toEqual([name, true]);
    }
  });

  test("have code of V8 for the program that the node beside it takes", () => {
    const rejected = `
      const { readFileSync } = require("node:fs");
      const cachedData = readFileSync("stub.cache").subarray(0, -64);
      console.log(new (require("node:vm").Script)(readFileSync("stub.cjs", "latin1"), { cachedData }).cachedDataRejected);`;
    const { stdout } = spawnSync("./node", ["-e", rejected], {
      cwd: WASM_BACKEND,
      encoding: "utf8",
    });
    expect(stdout).toBe("false\n");
  });

  test("have an executable launcher that a server without root rights can read, too", () => {
    expect(statSync(launcher).mode & 0o555).toBe(0o555);
  });
});
