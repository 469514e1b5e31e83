import { broadcastCondition } from "../libc/condition.js";
import { lockMutex, unlockMutex } from "../libc/mutex.js";
import { addressOf } from "../numbers.js";
import type { CriticalSection } from "../shm/critical-section.js";
import type { Region } from "../shm/region.js";
import type { ExchangePlaces } from "../wire/exchange.js";
import type { WireWriter } from "../wire/writer.js";

/** What {@link signalServer} uses. */
export interface SignalParts {
  readonly region: Region;
  readonly writer: WireWriter;
  readonly section: CriticalSection;
}

/**
 * Sets a flag that the server waits for, and notifies the server.
 * @param at offsets of the flag, of the mutex that protects it, and of the condition variable
 * @param mutexName for the error
 * @throws StubError when the mutex cannot be locked
 */
export function signalServer(
  { region, writer, section }: SignalParts,
  { mutexAt, conditionAt, flagAt }: ExchangePlaces,
  flag: boolean,
  mutexName: string,
): void {
  const mutex = addressOf(region.base, mutexAt);
  section.enter();
  try {
    lockMutex(mutex, mutexName);
    writer.flag(flagAt, 0, flag);
    unlockMutex(mutex, mutexName);
    broadcastCondition(addressOf(region.base, conditionAt));
  } finally {
    section.leave();
  }
}
