import { broadcastCondition, initCondition, timedWaitCondition } from "../libc/condition.js";
import { initMutex, lockMutex, unlockMutex } from "../libc/mutex.js";
import { QUEUE_WAIT_MS } from "../limits.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import type { Connection } from "./connection.js";

const RECORD_MUTEX = "the mutex of a side request";

/**
 * The three-leg exchange (protocol/stub-protocol.md 5.1).
 *
 * ```
 *  stub: waiting_on_stub = false, push, wait -----> server: work, write results, waiting_on_stub = true, notify, wait
 *  stub: read results, waiting_on_stub = false, notify -----> server: goes on to its next message
 * ```
 *
 * @param request handle of the IPCMessage, `args` of its record, whose mutex and condition are made here
 */
export function exchange(
  connection: Connection,
  request: number,
  args: number,
  at: Readonly<Record<"mu" | "cv" | "waiting_on_stub", number>>,
): void {
  const { region } = connection;
  const record = args + OWNERSHIP_BYTES;
  const mutex = region.base + record + at.mu;
  const condition = region.base + record + at.cv;
  const flag = record + at.waiting_on_stub;
  initMutex(mutex);
  initCondition(condition);
  region.view.setUint8(flag, 0);
  lockMutex(mutex, RECORD_MUTEX);
  try {
    connection.push(connection.sideRequests, request);
    while (region.view.getUint8(flag) === 0) timedWaitCondition(condition, mutex, QUEUE_WAIT_MS);
    region.view.setUint8(flag, 0);
    broadcastCondition(condition);
  } finally {
    unlockMutex(mutex, RECORD_MUTEX);
  }
}
