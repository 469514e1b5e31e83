import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { HANG_MS } from "../support/wait.js";
import { addHostile, GOOD, HOSTILE } from "./hostile-repository.js";

const program = join(projectFolder(), "dist/js/host/cli/main.js");

function check(folder: string, options: readonly string[] = [], env = {}) {
  return spawnSync(process.execPath, [program, "check", folder, ...options], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    // A pipe or a device must not make it wait for ever.
    timeout: HANG_MS,
  });
}

describe("finding 4: a check of a hostile repository", () => {
  const repository = new ModelRepository();
  let lines: readonly string[];
  let findings: readonly Record<string, string>[];
  let status: number | null;

  beforeAll(() => {
    addHostile(repository);
    writeFileSync(join(repository.folder, "loose.so"), "");
    const result = check(repository.folder);
    lines = result.stdout.trimEnd().split("\n");
    status = result.status;
    findings = JSON.parse(check(repository.folder, ["--json"]).stdout);
  });

  afterAll(() => repository.remove());

  test("ends with status 1", () => {
    expect(status).toBe(1);
  });

  test.each(Object.entries(HOSTILE))(
    "reports what is wrong with '%s'",
    (name, { severity, words }) => {
      const found = lines.filter((line) => line.startsWith(`${name}: `));
      expect(found).toEqual([expect.stringMatching(words)]);
      expect(found[0]).toMatch(new RegExp(`^[^:]+: ${severity}: `));
    },
  );

  test("checks files next to the models as well", () => {
    expect(lines).toContainEqual(expect.stringMatching(/^loose\.so: unsafe: .* is machine code/));
  });

  test("adds up the resources of all models", () => {
    expect(lines.at(-1)).toMatch(
      /^\(all models\): costly: the \d+ instances of \d+ models may use \d+\.\d GiB/,
    );
  });

  test("--json has the same findings", () => {
    expect(
      findings.map(({ model, severity, message }) => `${model}: ${severity}: ${message}`),
    ).toEqual(lines);
  });
});

describe("a check of other repositories", () => {
  let repository = new ModelRepository();
  afterEach(() => {
    repository.remove();
    repository = new ModelRepository();
  });

  test("finds nothing in valid models: with and without a configuration, of both backends, and an ensemble", () => {
    const { folder } = repository;
    repository.add("plain", floatConfig("wasm", "dynamic_batching { }"), { "model.wasm": GOOD });
    const lone = check(folder);
    expect([lone.stdout, lone.stderr, lone.status]).toEqual(["", "", 0]);
    mkdirSync(join(folder, "any.wasm/1"), { recursive: true });
    writeFileSync(join(folder, "any.wasm/1/model.wasm"), GOOD);
    mkdirSync(join(folder, "any.identity/1"), { recursive: true });
    repository.add("builtin", floatConfig("identity"));
    repository.add("both", 'platform: "ensemble" ensemble_scheduling { step [ ] }');
    const { stdout, status } = check(folder);
    expect(stdout).toBe(
      "(all models): costly: the 4 instances of 4 models may use 4.0 GiB of memory in total\n",
    );
    expect(status).toBe(0);
  });

  test("finds only costs in the examples", () => {
    for (const language of ["models", "c", "rust", "zig", "assemblyscript"]) {
      const { stdout, status } = check(join(projectFolder(), "examples", language));
      expect(stdout).toMatch(/^\(all models\): costly: .*\n$/);
      expect(status).toBe(0);
    }
  });

  test("links within the repository are followed, and the targets of others are not opened", () => {
    const { folder } = repository;
    const outside = new ModelRepository();
    outside.add("outside", "evil: 1", { "model.wasm": Buffer.from("none") });
    repository.add("real", floatConfig("wasm"), { "model.wasm": Buffer.from("none") });
    symlinkSync("real", join(folder, "alias"));
    symlinkSync(join(outside.folder, "outside"), join(folder, "folder"));
    repository.add("module", floatConfig("wasm"), {});
    symlinkSync(join(outside.folder, "outside/1/model.wasm"), join(folder, "module/1/model.wasm"));
    repository.add("config", "", { "model.wasm": GOOD });
    rmSync(join(folder, "config/config.pbtxt"));
    symlinkSync(join(outside.folder, "outside/config.pbtxt"), join(folder, "config/config.pbtxt"));
    const { stdout } = check(folder);
    outside.remove();
    const lines = stdout.split("\n").map((line) => line.replace(/ '.*/, ""));
    expect(lines.slice(0, -2)).toEqual([
      "alias: refused: model file",
      "config: unsafe:",
      "folder: unsafe:",
      "module: unsafe:",
      "real: refused: model file",
    ]);
  });

  test("each finding is one line without control characters, whatever the names contain", () => {
    repository.add("a", floatConfig("wasm", parameter("wasm_x\\ny: unsafe: \\033[31m", "1")), {
      "model.wasm": GOOD,
    });
    renameSync(join(repository.folder, "a"), join(repository.folder, "a\nb: refused: \u009b31m"));
    for (const options of [[], ["--json"]]) {
      const { stdout } = check(repository.folder, options);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not be there
      expect(stdout.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      if (options.length === 0) expect(stdout.trimEnd().split("\n")).toHaveLength(2);
    }
  });

  test("finding 13: the operator's ceilings come from --limits and from the environment", () => {
    const limits = join(repository.folder, "limits");
    repository.add("deep", floatConfig("wasm", parameter("wasm_output_max_bytes", "1000")), {
      "model.wasm": GOOD,
    });
    expect(check(repository.folder).status).toBe(0);
    writeFileSync(limits, "wasm_output_max_bytes = 999\n");
    expect(check(repository.folder, ["--limits", limits]).stdout).toMatch(
      /^deep: refused: .*at most 999/,
    );
    const env = { wasm_output_max_bytes: "1000" };
    expect(check(repository.folder, ["--limits", limits], env).status).toBe(0);
    const wrong = check(repository.folder, [], { wasm_output_max_byte: "1" });
    expect([wrong.status, wrong.stdout]).toEqual([4, ""]);
    expect(wrong.stderr).toContain("did you mean wasm_output_max_bytes?");
    const missing = check(repository.folder, ["--limits", `${limits}.not`]);
    expect([missing.status, missing.stdout]).toEqual([4, ""]);
  });

  test("a missing repository is refused with status 4", () => {
    const { status, stderr } = check(join(repository.folder, "none"));
    expect(status).toBe(4);
    expect(stderr).toMatch(/^triton-wasm-backend: '\S+none' is not a directory: name a model rep/);
  });

  test("does not change the repository", () => {
    repository.add("plain", floatConfig("wasm"), { "model.wasm": GOOD });
    const before = readdirSync(repository.folder, { recursive: true });
    check(repository.folder);
    expect(readdirSync(repository.folder, { recursive: true })).toEqual(before);
  });
});
