/** The files beside a model, on one server of each era: layouts that work, and folders that a load refuses. */
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats } from "../support/triton/tensors.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

const TEXT = "the words of the model";
const copies = `${COPY_ALL} (i32.const 0)`;

/** Logs the file `words` at load, read by a function of the ABI. */
const READS = `(data (i32.const 100) "words") (func (export "triton_initialize") (result i32)
  (call $log (i32.const 0) (i32.const 200)
    (call $file_read (i32.const 100) (i32.const 5) (i64.const 0) (i32.const 200) (i32.const 100))))`;

/** The same through WASI. */
const READS_BY_WASI = `(data (i32.const 100) "words")
  (func (export "triton_initialize") (result i32)
    (i32.store (i32.const 300) (i32.const 200)) (i32.store (i32.const 304) (i32.const 100))
    (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 5) (i32.const 0)
      (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 308)))
    (drop (call $fd_read (i32.load (i32.const 308)) (i32.const 300) (i32.const 1) (i32.const 312)))
    (call $log (i32.const 0) (i32.const 200) (i32.load (i32.const 312))))`;

const shell = (folder: string, command: string) =>
  execFileSync("sh", ["-c", command], { cwd: folder });

/** Folders that are refused: name, what makes them, and the reason. */
const HOSTILE = [
  [
    "leaves",
    "ln -s /etc/hostname words",
    /the link 'words' cannot be followed: it leaves the folder/,
  ],
  [
    "climbs",
    "ln -s ../model.wasm words",
    /the link 'words' cannot be followed: it leaves the folder/,
  ],
  ["loops", "ln -s b a && ln -s a b", /the link '[ab]' cannot be followed: it leads to itself/],
  ["pipe", "mkfifo words", /'words' is not a regular file/],
  ["many", "for i in $(seq 200); do echo 1 > f$i; done", /it has more than 128 files/],
  ["entries", "seq -f 'd%g' 3000 | xargs mkdir", /it has more than 1024 entries/],
  ["deep", "mkdir -p 1/2/3/4/5/6/7/8/9/10", /is a folder below 8 others/],
] as const;

describe.each(["23.12", "24.08", "24.10"])("on server %s", (release) => {
  const repository = new ModelRepository();
  let server: TritonServer;

  /** Adds a model with a folder `files`, and returns that folder. */
  function add(name: string, more = READS, extra = ""): string {
    repository.add(name, floatConfig("wasm", extra), { "model.wasm": guest(copies, more) });
    const folder = join(repository.folder, name, "1", "files");
    mkdirSync(folder);
    return folder;
  }

  beforeAll(async () => {
    writeFileSync(join(add("plain"), "words"), `${TEXT} plain`);
    writeFileSync(join(add("wasi", READS_BY_WASI), "words"), `${TEXT} wasi`);
    const map = add("configmap");
    mkdirSync(join(map, "..2026"));
    writeFileSync(join(map, "..2026", "words"), `${TEXT} configmap`);
    symlinkSync("..2026", join(map, "..data"));
    symlinkSync("..data/words", join(map, "words"));
    for (const [name, command] of HOSTILE) shell(add(name), command);
    shell(add("elsewhere"), "cd .. && rmdir files && ln -s /etc files");
    shell(add("unused", ""), "mkfifo words");
    writeFileSync(
      join(add("limited", READS, parameter("wasm_files_max_bytes", "3")), "words"),
      "four",
    );
    const huge = join(add("huge"), "words");
    writeFileSync(huge, "");
    truncateSync(huge, 2 ** 40);
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      backends: [WASM_BACKEND],
    });
  });

  afterAll(async () => {
    await server?.stop();
    repository.remove();
  });

  test.each(["plain", "wasi", "configmap"])("'%s' reads its file", async (model) => {
    await server.http.load(model);
    await server.waitForLog(new RegExp(`${TEXT} ${model}"?$`, "m"));
    await server.http.infer(model, [floats("INPUT0", [1])]);
  });

  test.each(HOSTILE)("'%s' is refused with one clear error", async (model, _command, reason) => {
    const error = await server.http.loadError(model);
    expect(error).toMatch(reason);
    expect(error).toContain("of files for the model is refused");
  });

  test("a link in the place of the folder is refused", async () => {
    const reason = /refused: it is a link or a file, and must be a folder; correct or remove it/;
    expect(await server.http.loadError("elsewhere")).toMatch(reason);
  });

  test("a model that reads no files loads beside a hostile folder", async () => {
    await server.http.load("unused");
    await server.http.infer("unused", [floats("INPUT0", [1])]);
  });

  test("files above the limit are refused", async () => {
    expect(await server.http.loadError("limited")).toMatch(
      /have 4 bytes, above the limit of 3 \(wasm_files_max_bytes\)/,
    );
    expect(await server.http.loadError("huge")).toMatch(
      /have 1099511627776 bytes, above the limit of 268435456 \(wasm_files_max_bytes\)/,
    );
  });
});
