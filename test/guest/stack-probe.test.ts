import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";

const root = projectFolder();

/** Calls a function that has never run where the probe passes first on the way back from the stack's end. */
const PROGRAM = `
import { createStackProbe } from ${JSON.stringify(join(root, "dist/js/host/guest/stack-probe.js"))};
const probe = createStackProbe();
const cold = new Function("return function (text) { return text.replace(/[a-c]+x?/g, ''); }")();
let outcome;
function dive() {
  try { dive(); } catch {}
  if (outcome !== undefined) return;
  try { probe(); } catch { return; }
  try { outcome = cold("abcd"); } catch (error) { outcome = String(error); }
}
dive();
console.log(outcome);`;

test("where the probe passes, the engine of the stub can still compile what a host function needs", () => {
  const node = join(root, "dist/backends/wasm/node");
  const output = execFileSync(node, ["--input-type=module", "-e", PROGRAM], { encoding: "utf8" });
  expect(output).toBe("d\n");
});
