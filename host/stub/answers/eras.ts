import type { ExecuteEra } from "../../wire/era.js";
import { NEEDS_EXECUTOR } from "../shared/mapping-table.js";

/** How an era of answers (host/wire/era.ts) handles responses that are separate messages. */
export interface AnswerEra {
  /** Whether the responses of all models are separate messages, or only those of decoupled models. */
  readonly ofEveryModel: boolean;
  /** The queue in which the server reads them. */
  readonly queue: "answers" | "side";
  /**
   * Whether the stub gives back the response factories of all requests. Otherwise it gives back only those of a batch that fails after a
   * response.
   */
  readonly leavesFactories: boolean;
  /** Whether the server itself sends the error of a failed batch to each request without a response. */
  readonly failsRequests: boolean;
  /** When the guard cannot answer a batch after the death of an executor, since the answer needs codecs. */
  readonly needsExecutor: (typeof NEEDS_EXECUTOR)[keyof typeof NEEDS_EXECUTOR];
}

export const ANSWER_ERAS: Readonly<Record<ExecuteEra, AnswerEra>> = {
  returned: {
    ofEveryModel: false,
    queue: "answers",
    leavesFactories: true,
    failsRequests: false,
    needsExecutor: NEEDS_EXECUTOR.always,
  },
  sent: {
    ofEveryModel: true,
    queue: "answers",
    leavesFactories: true,
    failsRequests: true,
    needsExecutor: NEEDS_EXECUTOR.withoutFactories,
  },
  // Responses share the side queue with all other requests of the stub, and the server serves one of them at a time.
  embedded: {
    ofEveryModel: false,
    queue: "side",
    leavesFactories: false,
    failsRequests: true,
    needsExecutor: NEEDS_EXECUTOR.afterResponse,
  },
};
