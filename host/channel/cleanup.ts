import type { Endpoint } from "./endpoint.js";
import { Exchange } from "./exchange.js";

/**
 * Lets the server delete an object of its own, a response factory or the state of a stream, and waits until it has done so.
 * @param command the command of the message
 * @param id of the object in the server
 * @param expect notes in the journal what is true as soon as the message is in its queue
 */
export function sendCleanup(
  endpoint: Endpoint,
  command: number,
  id: bigint,
  expect: () => void,
): void {
  const { dialect, heap, writer, region, side } = endpoint;
  const scope = heap.scope();
  const exchange = heap.locked(() => {
    const args = dialect.cleanup.encodeLocked(writer, id);
    const locks = dialect.message.encodeInlineLocked(writer, command, args);
    const flagAt = dialect.cleanup.flagOf(args);
    return new Exchange(region, locks.message, { ...locks, flagAt });
  });
  exchange.initLocks();
  // The journal has room for one exchange.
  side.finish();
  expect();
  side.run(exchange);
  scope.close();
}
