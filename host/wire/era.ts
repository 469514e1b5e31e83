/**
 * How the responses to an ExecuteRequest reach the server (docs/internals/protocol.md 0.3, 1.7 to 1.9). For models that are not
 * decoupled:
 *
 * ```
 *  returned   to 24.05        the ExecuteResponse has the handle of a batch of responses
 *  sent       24.06 to 24.09  each response is a ResponseSend message; the ExecuteResponse only ends the execution
 *  embedded   from 24.10      the batch of responses is in the block of the ExecuteResponse
 * ```
 */
export type ExecuteEra = "returned" | "sent" | "embedded";

/** @param release `YY.MM` */
export function executeEraOf(release: string): ExecuteEra {
  if (release < "24.06") return "returned";
  return release < "24.10" ? "sent" : "embedded";
}

/** Whether each request has the address of a response factory. Requests of models that are not decoupled have one from 24.06 on. */
export function hasResponseFactories(era: ExecuteEra, decoupled: boolean): boolean {
  return decoupled || era !== "returned";
}

/** Whether calls of other models go to the side queue. Before, they go to the answer queue. */
export function callsUseSideQueue(era: ExecuteEra): boolean {
  return era === "embedded";
}
