/**
 * A second process on a region: node peer.mjs REGION GROWTH_BYTES. Says "ready", then answers each line of stdin with
 * one line; an error's code is the answer of a command that throws.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { openSharedMemory } from "../../dist/js/host/libc/shm.js";
import { Heap } from "../../dist/js/host/shm/heap.js";
import { Ledger } from "../../dist/js/host/shm/ledger.js";
import { MessageQueue } from "../../dist/js/host/shm/queue.js";
import { Region } from "../../dist/js/host/shm/region.js";
import { queueLayout } from "../../dist/js/host/wire/control.js";
import { layoutOfRelease } from "../../dist/js/host/wire/supported.js";

const [name, growthBytes] = process.argv.slice(2);
const region = Region.map(openSharedMemory(name));
const core = new WebAssembly.Module(
  readFileSync(new URL("../../dist/wasm/core.wasm", import.meta.url)),
);
const heap = new Heap(region, core, Number(growthBytes), new Ledger());

/** Commands by name; arguments are numbers. */
const commands = {
  construct: (bytes) => locked(() => heap.constructLocked(bytes)),
  /** Takes a reference of a block that the other side has made, to be dropped with `drop`. */
  load: (handle) =>
    locked(() => {
      region.view.setUint32(handle, region.view.getUint32(handle, true) + 1, true);
      heap.ledger.add(handle);
    }),
  drop: () => heap.dropNewer(0),
  fill: (at, length, byte) => locked(() => region.bytes.fill(byte, at, at + length)) && "filled",
  read: (at) => locked(() => region.bytes[at]),
  mapped: () => locked(() => region.mappedBytes),
  lock: () => heap.lock(),
  unlock: () => heap.unlock(),
  /** Pops `count` handles of one queue and pushes each, plus 16, to the other. */
  echo(from, to, count) {
    const incoming = queue(from);
    const outgoing = queue(to);
    for (let done = 0; done < count; done++) {
      const handle = incoming.pop(180_000);
      if (handle < 0 || !outgoing.push(handle + 16, 180_000)) return `stuck at ${done}`;
    }
    return "done";
  },
};

function queue(handle) {
  return new MessageQueue(region, handle, queueLayout(layoutOfRelease("23.12")), "queue");
}

function locked(action) {
  heap.lock();
  try {
    return action();
  } finally {
    heap.unlock();
  }
}

console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...args] = line.split(" ");
  try {
    console.log(String(commands[command](...args.map(Number)) ?? "ok"));
  } catch (error) {
    console.log(error.code ?? error.stack);
  }
}
