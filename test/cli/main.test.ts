import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { projectFolder } from "../triton/harness/paths.js";

const program = join(projectFolder(), "dist/js/host/cli/main.js");

function run(...args: string[]) {
  return spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
}

test("--help names the commands, with an example, and succeeds", () => {
  const { status, stdout } = run("--help");
  expect(status).toBe(0);
  expect(stdout).toContain("install-backend /opt/tritonserver/backends");
});

test.each([[[]], [["install"]], [["install-backend"]], [["--nonsense"]]])(
  "%j is refused with status 2",
  (args) => {
    expect(run(...args).status).toBe(2);
  },
);

test("install-backend refuses a directory that is not there with one sentence and status 4", () => {
  const { status, stderr } = run("install-backend", "/nonexistent/backends");
  expect(status).toBe(4);
  expect(stderr).toMatch(
    /^triton-wasm-backend: '\/nonexistent\/backends' is not a directory: .*\n$/,
  );
});

test("install-backend leaves both folders in the directory", () => {
  const directory = mkdtempSync(join(tmpdir(), "backends-"));
  try {
    expect(run("install-backend", directory).status).toBe(0);
    expect(readdirSync(directory).sort()).toEqual(["identity", "wasm"]);
    expect(readdirSync(join(directory, "identity"))).toContain("triton_python_backend_stub");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
