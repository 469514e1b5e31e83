import type { ParameterValue } from "../../guest/services.js";
import type { Handle } from "../../numbers.js";
import type { CorrelationId } from "../../wire/records/correlation-id.js";
import { NO_TRACE, type Trace } from "../../wire/records/trace.js";
import type { HeldBlock } from "./call-record.js";
import type { CallResponse } from "./call-response.js";
import type { SentCall } from "./call-slots.js";

/** An input of a call: a tensor of its own, which may refer to the data of another tensor. */
export interface CallInput {
  readonly name: string;
  readonly tensor: Handle;
  /** All blocks that belong to it, which the ledger lists. */
  readonly held: readonly HeldBlock[];
  /** Bytes that were copied for it. */
  readonly bytes: number;
}

/** A call of another model, as its guest sees it. */
export class GuestCall {
  readonly model: string;
  /** -1n: the latest version. */
  readonly version: bigint;
  readonly inputs: CallInput[] = [];
  readonly outputs: string[] = [];
  readonly parameters = new Map<string, ParameterValue>();
  id = "";
  correlationId: CorrelationId = 0n;
  flags = 0;
  timeoutMicroseconds = 0n;
  trace: Trace = NO_TRACE;
  wasSent = false;
  /** The call in the list of sent calls; undefined before, and after the last response has come. */
  sent: SentCall | undefined;
  /** Responses that the guest has not taken yet. */
  readonly responses: CallResponse[] = [];
  /** The response that the guest reads. */
  current: CallResponse | undefined;

  constructor(model: string, version: bigint) {
    this.model = model;
    this.version = version;
  }

  /** Whether the guest can still take a response. */
  get hasMore(): boolean {
    return this.sent !== undefined || this.responses.length > 0;
  }
}
