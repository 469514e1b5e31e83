import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

const copies = guest(`${COPY_ALL} (i32.const 0)`);
const input = floats("INPUT0", [1, 2, 3]);
const makePipe = (path: string) => execFileSync("mkfifo", [path]);

/** What another program may have left where this backend keeps the folders of servers. */
const FOREIGN = ["triton_wasm_1_1_1", "triton_wasm_1_1_2", "triton_wasm_1_1_3"].map((name) =>
  join("/dev/shm", name),
);

const repository = new ModelRepository();
let server: TritonServer;

/** Also what a test run that was killed has left. */
function removeForeign(): void {
  for (const path of FOREIGN) rmSync(path, { force: true });
}

beforeAll(async () => {
  removeForeign();
  repository.add("model", floatConfig("wasm"), { "model.wasm": copies });
  for (const name of ["pipe", "folder", "endless"]) repository.add(name, floatConfig("wasm"));
  makePipe(versionFile("pipe"));
  mkdirSync(versionFile("folder"));
  symlinkSync("/dev/zero", versionFile("endless"));
  const [pipe = "", link = "", file = ""] = FOREIGN;
  makePipe(pipe);
  symlinkSync(link, link);
  writeFileSync(file, "", { mode: 0o000 });
  server = await TritonServer.start({
    modelRepository: repository.folder,
    backends: [WASM_BACKEND],
    env: {
      NODE_OPTIONS: "--require=/nowhere.js",
      NODE_DEBUG: "*",
      NODE_V8_COVERAGE: "/nowhere",
      NODE_EXTRA_CA_CERTS: "/nowhere.pem",
      OPENSSL_CONF: "/nowhere.cnf",
      TMPDIR: "/nowhere",
      HOME: "",
      LC_ALL: "nowhere.UTF-99",
    },
  });
});

afterAll(async () => {
  const ended = await server.stop();
  const left = FOREIGN.filter((path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined);
  removeForeign();
  repository.remove();
  expect(ended).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  expect(left).toEqual(FOREIGN);
});

function versionFile(model: string): string {
  return join(repository.folder, model, "1", "model.wasm");
}

async function expectServed(): Promise<void> {
  await server.http.load("model");
  const { outputs } = await server.http.infer("model", [input]);
  expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
  await server.http.unload("model");
}

test("variables of Node, OpenSSL and the C library that name nothing do not matter, nor do foreign files in /dev/shm", async () => {
  await expectServed();
});

test.each([
  ["a pipe that nobody writes to", "pipe"],
  ["a folder", "folder"],
  ["a device that has no end", "endless"],
])("a model's file that is %s fails the load, and the next one succeeds", async (_what, model) => {
  expect(await server.http.loadError(model)).toMatch(
    new RegExp(`model file '\\S+/${model}/1/model\\.wasm'.* is not a regular file`),
  );
  await expectServed();
});

/** Files of the backend's folder in which the operator says something, and what each is instead. */
const OPERATOR_FILES: readonly (readonly [
  file: string,
  what: string,
  make: (path: string) => void,
])[] = [
  ["limits", "a pipe that nobody writes to", makePipe],
  ["hardening", "a folder", (path) => mkdirSync(path)],
  ["limits", "a device that has no end", (path) => symlinkSync("/dev/zero", path)],
  ["triton-release", "a link to itself", (path) => symlinkSync(path, path)],
];

test.each(OPERATOR_FILES)(
  "the operator's file %s that is %s fails the load, and does not pass for no file",
  async (file, _what, make) => {
    const path = join(server.folder, "backends", "wasm", file);
    make(path);
    try {
      expect(await server.http.loadError("model")).toMatch(
        new RegExp(`the operator's file \\S+/${file} cannot be read: .*; correct or remove it`),
      );
    } finally {
      rmSync(path, { recursive: true });
    }
    await expectServed();
  },
);
