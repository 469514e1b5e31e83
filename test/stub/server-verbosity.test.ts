import { type ChildProcess, spawn } from "node:child_process";
import { afterEach, expect, test } from "@jest/globals";
import { isServerVerbose } from "../../host/stub/server-verbosity.js";

let server: ChildProcess | undefined;

afterEach(() => {
  server?.kill("SIGKILL");
});

/** A process with such a command line, which is all that is looked at. */
async function start(args: readonly string[]): Promise<number> {
  server = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)", "--", ...args]);
  await new Promise((resolve) => server!.once("spawn", resolve));
  return server.pid!;
}

test.each([
  [["--log-verbose=1"], true],
  [["--log-verbose", "2"], true],
  [["--log-verb=1"], true],
  [["--log-verbose=true"], true],
  [["--log-verbose=0", "--model-repository", "1"], false],
  [["--log-verbose=1", "--log-verbose=0"], false],
  [["--log-info=1", "--log-", "1"], false],
  [["--log-verbose"], false],
  [[], false],
])("a server started with %j is verbose: %s", async (args, verbose) => {
  expect(isServerVerbose(await start(args))).toBe(verbose);
});

test("a server that cannot be looked at is not verbose", () => {
  expect(isServerVerbose(2 ** 30)).toBe(false);
});
