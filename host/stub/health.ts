import { StubError } from "../errors.js";
import { timedLockMutex, unlockMutex } from "../libc/mutex.js";
import { HEALTH_PERIOD_MS } from "../limits.js";
import type { Region } from "../shm/region.js";
import type { Control } from "../wire/control.js";

const HEALTH_MUTEX = "the health mutex";

/** Tells the server that this process is alive: sets the flag that the server clears once a second. */
export function beatHealth(region: Region, control: Control): void {
  const mutex = region.base + control.stubHealthMutexAt;
  try {
    if (!timedLockMutex(mutex, HEALTH_PERIOD_MS, HEALTH_MUTEX)) return;
  } catch (error) {
    // The server died while it held the mutex; the watch on the server ends this process.
    if (error instanceof StubError && error.code === "ERR_LOCK_OWNER_DEAD") return;
    throw error;
  }
  region.view.setUint8(control.stubHealthAt, 1);
  unlockMutex(mutex, HEALTH_MUTEX);
}
