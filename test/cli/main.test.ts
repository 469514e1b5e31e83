import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";

const program = join(projectFolder(), "dist/js/host/cli/main.js");

function run(...args: string[]) {
  return spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
}

test("--help names the commands, with an example, and succeeds", () => {
  const { status, stdout } = run("--help");
  expect(status).toBe(0);
  expect(stdout).toContain("install-backend /opt/tritonserver/backends");
});

test("--version prints only the package's version", () => {
  const { status, stdout } = run("--version");
  const { version } = JSON.parse(readFileSync(join(projectFolder(), "package.json"), "utf8"));
  expect([status, stdout]).toEqual([0, `${version}\n`]);
});

test.each([
  [[], "no command was given: use install-backend or check"],
  [["install"], "'install' is not a command: use install-backend or check"],
  [["constructor"], "'constructor' is not a command"],
  [["install-backend"], "install-backend needs a DIRECTORY"],
  [["check"], "check needs a REPOSITORY"],
  [["check", "a", "b"], "check accepts one REPOSITORY, not also 'b'"],
  [["install-backend", "--json", "a"], "install-backend does not accept the option --json"],
  [["--nonsense"], "Unknown option '--nonsense'"],
  [["check", "a", "--limits"], "--limits"],
])("%j is refused with status 2 and one sentence that names what is wrong", (args, words) => {
  const { status, stdout, stderr } = run(...args);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^triton-wasm-backend: [^\n]*\n$/);
  expect(stderr).toContain(words);
});

test.each([
  [["check", "nosuch"], /'nosuch' is not a directory: name a model repository/],
  [
    ["check", "examples/c", "--limits", "nosuch"],
    /--limits: 'nosuch' does not exist: name the file/,
  ],
  [
    ["check", "examples/c/identity"],
    /'examples\/c\/identity' is the folder of a model: name the model repository/,
  ],
] as const)("%j is refused with status 4 and what to name instead", (args, words) => {
  const { status, stdout, stderr } = run(...args);
  expect([status, stdout]).toEqual([4, ""]);
  expect(stderr).toMatch(words);
});

test("finding 36: runs from a folder whose path has a blank", () => {
  const folder = mkdtempSync(join(tmpdir(), "a b%20c-"));
  try {
    mkdirSync(join(folder, "dist/js"), { recursive: true });
    cpSync(join(projectFolder(), "dist/js/host"), join(folder, "dist/js/host"), {
      recursive: true,
    });
    cpSync(join(projectFolder(), "package.json"), join(folder, "package.json"));
    symlinkSync(join(projectFolder(), "node_modules"), join(folder, "node_modules"));
    const copy = join(folder, "dist/js/host/cli/main.js");
    for (const args of [["--version"], ["check", folder]]) {
      const { status, stderr } = spawnSync(process.execPath, [copy, ...args], { encoding: "utf8" });
      expect([stderr, status]).toEqual(["", args[0] === "check" ? 1 : 0]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("install-backend refuses a missing directory with one sentence and status 4", () => {
  const { status, stderr } = run("install-backend", "/nonexistent/backends");
  expect(status).toBe(4);
  expect(stderr).toMatch(
    /^triton-wasm-backend: '\/nonexistent\/backends' is not a directory: .*\n$/,
  );
});

test("install-backend creates both folders in the directory", () => {
  const directory = mkdtempSync(join(tmpdir(), "backends-"));
  try {
    expect(run("install-backend", directory).status).toBe(0);
    expect(readdirSync(directory).sort()).toEqual(["identity", "wasm"]);
    expect(readdirSync(join(directory, "identity"))).toContain("triton_python_backend_stub");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
