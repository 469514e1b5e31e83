import type { ExecuteEra } from "../../wire/era.js";
import { NEEDS_EXECUTOR } from "../shared/mapping-table.js";

/** What an era of answers (host/wire/era.ts) means for responses that are messages of their own. */
export interface AnswerEra {
  /** Whether the responses of every model are such, or only those of a decoupled one. */
  readonly ofEveryModel: boolean;
  /** The queue that the server takes them from. */
  readonly queue: "answers" | "side";
  /** Whether the response factories of all requests are left to us; otherwise those of a batch that fails in the middle are. */
  readonly leavesFactories: boolean;
  /** Whether the server gives the error of a failed batch to each request that has no response. */
  readonly failsRequests: boolean;
  /** When an execution that a death has cut off cannot be answered without codecs. */
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
  // The server takes responses from where it takes all other requests of the stub, and serves one of both at a time.
  embedded: {
    ofEveryModel: false,
    queue: "side",
    leavesFactories: false,
    failsRequests: true,
    needsExecutor: NEEDS_EXECUTOR.afterResponse,
  },
};
