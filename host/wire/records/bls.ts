import { type Handle, NO_HANDLE, type RegionOffset } from "../../numbers.js";
import { commandOf, type Layout } from "../layout.js";
import type { InlineMessage, MessageCodec } from "../message.js";
import type { WireReader } from "../reader.js";
import type { WireWriter } from "../writer.js";
import type { RequestBatchCodec } from "./request-batch.js";
import type { ResponseBatch, ResponseBatchCodec } from "./response-batch.js";

/** What a call of another model has been answered with. */
export type BlsAnswer =
  /** The server could not make the call, for instance because there is no such model. */
  | { readonly error: string }
  /** Handle of a `ResponseShm`, not checked. The model may have answered with an error in it. */
  | { readonly response: Handle };

/**
 * A call of another model ("business logic scripting", docs/internals/protocol.md 4): one request to the server, whose model may answer it
 * with one response or, if it is decoupled, with a stream of them.
 *
 * ```
 *  stub:   message -- args --> RequestBatch -> InferRequestShm
 *  server:    '-- response_handle --> InferExecResponse -- args --> ResponseBatch -> ResponseShm          the first response
 *          InferStreamExecResponse, in the parent-to-stub queue -- args --> ResponseBatch -> ResponseShm    each later one
 * ```
 */
export class BlsCodec {
  private readonly commands;
  private readonly message: MessageCodec;
  private readonly requests: RequestBatchCodec;
  private readonly responses: ResponseBatchCodec;

  constructor(
    layout: Layout,
    message: MessageCodec,
    requests: RequestBatchCodec,
    responses: ResponseBatchCodec,
  ) {
    this.message = message;
    this.requests = requests;
    this.responses = responses;
    this.commands = {
      call: commandOf(layout, "InferExecRequest"),
      streamedCall: commandOf(layout, "InferStreamExecRequest"),
    };
  }

  /** @param request handle of `RequestCodec.encodeLocked` @param streams whether the called model may be decoupled */
  encodeCallLocked(writer: WireWriter, request: Handle, streams: boolean): InlineMessage {
    const batch = this.requests.encodeOneLocked(writer, request);
    const command = streams ? this.commands.streamedCall : this.commands.call;
    return this.message.encodeInlineLocked(writer, command, batch);
  }

  /**
   * The answer to a call: its first response, or its only one. A handle in the call's message does not yet say that the answer is there: the
   * server writes it first, so wait for the condition as well.
   * @param call handle of the call's message
   * @returns undefined as long as the server has written no handle
   */
  decodeAnswer(reader: WireReader, call: Handle): BlsAnswer | undefined {
    const handle = this.message.responseOf(reader, call);
    if (handle === NO_HANDLE) return undefined;
    return this.decodeStreamed(reader, this.message.decode(reader, handle).args);
  }

  /** A later response of a stream. @param args of an InferStreamExecResponse */
  decodeStreamed(reader: WireReader, args: number): BlsAnswer {
    return answerOf(this.responses.decode(reader, args));
  }

  /** The flag that lets the server go on after a later response of a stream. @param args of a decoded InferStreamExecResponse */
  streamFlagOf(args: Handle): RegionOffset {
    return this.responses.flagOf(args);
  }
}

function answerOf({ error, responses }: ResponseBatch): BlsAnswer {
  return error === undefined ? { response: responses[0] ?? NO_HANDLE } : { error };
}
