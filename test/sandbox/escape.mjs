/**
 * What somebody would try who has escaped from V8 in a stub: run as a process of its own, with the walls around it.
 *   node escape.mjs <folder of the compiled host> <mode> <allowed folder> <pid of somebody else>
 * Prints a JSON object: what each attempt came to, "done" or the code of its error.
 */
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { promises, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { isMainThread, parentPort, Worker } from "node:worker_threads";

const [, , host, mode, folder, other] = process.argv;

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
    readsItsOwn: await settle(() => readFileSync(join(folder, "mine"))),
    readsASecret: await settle(() => readFileSync("/etc/passwd")),
    readsInThePool: await settle(() => promises.readFile("/etc/passwd")),
    writes: await settle(() => writeFileSync(join(folder, "new"), "x")),
    opensAnotherRegion: await settle(() => readFileSync(join("/dev/shm", `region_${other}`))),
    readsAnEnvironment: await settle(() => readFileSync(`/proc/${other}/environ`)),
    readsAMemory: await settle(() => readFileSync(`/proc/${other}/mem`)),
    connects: await settle(() => failing(connect(9, "127.0.0.1"), "connect")),
    sends: await settle(() => failing(createSocket("udp4").bind(0), "listening")),
    runsAProgram: await settle(() => failing(spawn("/bin/true"), "spawn")),
    killsAnother: await settle(() => process.kill(Number(other), "SIGTERM")),
    asksForAnother: await settle(() => process.kill(Number(other), 0)),
    compiles: await settle(() =>
      WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)),
    ),
  };
}

const { hardenProcess, hardenThread } = await import(`${host}/sandbox/hardening.js`);

if (isMainThread) {
  // Started before the walls stand, as the first executor of a stub is.
  const early = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
  const rights = (1 << 2) | (1 << 3);
  const { walls, thread } = hardenProcess(mode, [
    { path: join(folder, "gone"), rights },
    { path: folder, rights },
  ]);
  const inMain = await attempts();
  early.postMessage(thread);
  const inThread = await new Promise((resolve) => early.on("message", resolve));
  console.log(JSON.stringify({ walls, inMain, inThread }));
  process.exit(0);
} else {
  const walls = await new Promise((resolve) => parentPort.once("message", resolve));
  hardenThread(walls);
  parentPort.postMessage(await attempts());
}
