/**
 * What somebody would try who has escaped from V8: a thread of an executor, started before its program. It writes a line for the
 * guard's log, what each attempt came to: "done", or the code of its error.
 */
const { spawn } = require("node:child_process");
const { createSocket } = require("node:dgram");
const { promises, readFileSync, writeFileSync, writeSync } = require("node:fs");
const { connect } = require("node:net");
const { join } = require("node:path");
const { workerData } = require("node:worker_threads");

const { folder, other } = workerData;

const settle = (action) =>
  Promise.resolve()
    .then(action)
    .then(
      () => "done",
      (error) => error.code ?? error.message,
    );

const failing = (emitter, success) =>
  new Promise((resolve, reject) => {
    emitter.once("error", reject);
    emitter.once(success, resolve);
  });

async function attempts() {
  return {
    readsItsOwn: await settle(() => readFileSync(join(folder, "core.wasm"))),
    readsASecret: await settle(() => readFileSync("/etc/passwd")),
    readsInThePool: await settle(() => promises.readFile("/etc/passwd")),
    writes: await settle(() => writeFileSync(join(folder, "new"), "x")),
    opensAnotherRegion: await settle(() => readFileSync(`/dev/shm/region_${other}`)),
    readsAnEnvironment: await settle(() => readFileSync(`/proc/${other}/environ`)),
    readsAMemory: await settle(() => readFileSync(`/proc/${other}/mem`)),
    connects: await settle(() => failing(connect(9, "127.0.0.1"), "connect")),
    sends: await settle(() => failing(createSocket("udp4").bind(0), "listening")),
    runsAProgram: await settle(() => failing(spawn("/bin/true"), "spawn")),
    killsAnother: await settle(() => process.kill(other, "SIGTERM")),
    compiles: await settle(() =>
      WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)),
    ),
  };
}

attempts().then((result) => writeSync(2, `\u0001Iattempts ${JSON.stringify(result)}\n`));
