import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { projectFolder } from "../support/paths.js";

/** Runs a command in the project's folder. @returns what it has written, when it ends with 0 */
function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: projectFolder(),
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

const script = (name: string) => join(projectFolder(), "scripts", name);

describe("the guard", () => {
  test("its headers say what host/ says", () => {
    run(process.execPath, script("native-headers.mjs"), "--check");
  });

  test("its bytes are what the pinned compiler makes of native/guard", () => {
    run(script("guard.sh"), "--check");
  });

  test("findings 2, 5, 6, 7, 8: no end of an executor, no damaged memory and no want ends it or keeps it", () => {
    const report = run(script("guard-test.sh"));
    expect(report).toMatch(/^guard-test: built with .*UndefinedBehaviorSanitizer/m);
    expect(report).toMatch(/^unit: [1-9]\d* checks of the guard's parts, 0 failed$/m);
    expect(report).toMatch(/^fuzz: 5000 cases, from number 0$/m);
    expect(report.match(/^process: [1-9]\d* checks of the guard's life, 0 failed$/gm)).toHaveLength(
      2,
    );
  });
});
