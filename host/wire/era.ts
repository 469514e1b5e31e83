/**
 * How the answer to an ExecuteRequest reaches the server (docs/internals/protocol.md 0.3, 1.7 to 1.9). The eras of models
 * that are not decoupled:
 *
 * ```
 *  returned   to 24.05        the responses are in a batch of its own block, which the ExecuteResponse points at
 *  sent       24.06 to 24.09  each response is a ResponseSend; the ExecuteResponse ends the execution
 *  embedded   from 24.10      the responses are in a batch in the ExecuteResponse's own block
 * ```
 */
export type ExecuteEra = "returned" | "sent" | "embedded";

/** @param release `YY.MM` */
export function executeEraOf(release: string): ExecuteEra {
  if (release < "24.06") return "returned";
  return release < "24.10" ? "sent" : "embedded";
}

/** Whether each request of a model brings the address of a response factory: those of a plain model do from 24.06 on. */
export function hasResponseFactories(era: ExecuteEra, decoupled: boolean): boolean {
  return decoupled || era !== "returned";
}
