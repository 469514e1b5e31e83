/**
 * A program that measures the time to wake up another process: two processes pass a token back and forth over process-shared semaphores,
 * with the calls that the queues make. It prints JSON with nanoseconds. With the name of a shared-memory object as argument, it is the
 * second process.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  initSemaphore,
  postSemaphore,
  timedWaitSemaphore,
  tryWaitSemaphore,
} from "../../host/libc/semaphore.js";
import { createSharedMemory, openSharedMemory, unlinkSharedMemory } from "../../host/libc/shm.js";
import type { Address } from "../../host/numbers.js";
import { Region } from "../../host/shm/region.js";
import type { WakeUpTimes } from "./profile-results.js";
import { Stopwatch } from "./stopwatch.js";

const PAGE_BYTES = 4_096;
const PING_AT = 64;
const PONG_AT = 192;
const PASSES = 20_000;
const WAIT_MS = 10_000;

const [name] = process.argv.slice(2);
if (name === undefined) await lead();
else follow(name);

async function lead(): Promise<void> {
  const name = `triton_wasm_wake_up_${process.pid}`;
  const { base } = Region.map(createSharedMemory(name, PAGE_BYTES));
  const [ping, pong] = [(base + PING_AT) as Address, (base + PONG_AT) as Address];
  initSemaphore(ping, 0);
  initSemaphore(pong, 0);
  const program = fileURLToPath(import.meta.url);
  const follower = spawn(process.execPath, [...process.execArgv, program, name], {
    stdio: "inherit",
  });
  await once(follower, "spawn");
  const watch = new Stopwatch<"uncontended" | "roundTrip">();
  try {
    // The follower sends the first token after its start.
    take(pong);
    for (let pass = 0; pass < PASSES; pass++) {
      watch.start();
      postSemaphore(ping);
      take(pong);
      watch.lap("roundTrip");
    }
  } finally {
    unlinkSharedMemory(name);
  }
  await once(follower, "exit");
  for (let pass = 0; pass < PASSES; pass++) {
    watch.start();
    postSemaphore(pong);
    take(pong);
    watch.lap("uncontended");
  }
  const times: WakeUpTimes = {
    wakeUp: watch.ns("roundTrip") / 2,
    uncontended: watch.ns("uncontended"),
  };
  console.log(JSON.stringify(times));
}

function follow(name: string): void {
  const { base } = Region.map(openSharedMemory(name));
  const [ping, pong] = [(base + PING_AT) as Address, (base + PONG_AT) as Address];
  postSemaphore(pong);
  for (let pass = 0; pass < PASSES; pass++) {
    take(ping);
    postSemaphore(pong);
  }
}

function take(semaphore: Address): void {
  if (tryWaitSemaphore(semaphore) || timedWaitSemaphore(semaphore, WAIT_MS)) return;
  throw new Error(`the other process did not answer within ${WAIT_MS} ms`);
}
