import { type Handle, NO_HANDLE, type RegionOffset } from "../../numbers.js";
import { commandOf, type Layout } from "../layout.js";
import type { InlineMessage, MessageCodec } from "../message.js";
import type { WireReader } from "../reader.js";
import type { WireWriter } from "../writer.js";
import type { RequestBatchCodec } from "./request-batch.js";
import type { ResponseBatch, ResponseBatchCodec } from "./response-batch.js";

/** The answer to a call of another model. */
export type BlsAnswer =
  /** The server could not make the call, for instance because there is no such model. */
  | { readonly error: string }
  /** Handle of a `ResponseShm`. It is not checked. The response may be an error of the model. */
  | { readonly response: Handle };

/**
 * A call of another model ("business logic scripting", docs/internals/protocol.md 4): one request to the server. The called model answers
 * it with one response or, if it is decoupled, with a stream of responses.
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

  /**
   * @param request handle of `RequestCodec.encodeLocked`
   * @param streams whether the called model may be decoupled
   */
  encodeCallLocked(writer: WireWriter, request: Handle, streams: boolean): InlineMessage {
    const batch = this.requests.encodeOneLocked(writer, request);
    const command = streams ? this.commands.streamedCall : this.commands.call;
    return this.message.encodeInlineLocked(writer, command, batch);
  }

  /**
   * Decodes the first or only response to a call. The server writes the handle of the answer before the answer is complete, so wait for the
   * condition variable first.
   * @param call handle of the call's message
   * @returns undefined before the server has written the handle
   */
  decodeAnswer(reader: WireReader, call: Handle): BlsAnswer | undefined {
    const handle = this.message.responseOf(reader, call);
    if (handle === NO_HANDLE) return undefined;
    return this.decodeStreamed(reader, this.message.decode(reader, handle).args);
  }

  /**
   * A later response of a stream.
   * @param args of an InferStreamExecResponse
   */
  decodeStreamed(reader: WireReader, args: number): BlsAnswer {
    return answerOf(this.responses.decode(reader, args));
  }

  /**
   * Offset of the flag that lets the server continue after a later response of a stream.
   * @param args of a decoded InferStreamExecResponse
   */
  streamFlagOf(args: Handle): RegionOffset {
    return this.responses.flagOf(args);
  }
}

function answerOf({ error, responses }: ResponseBatch): BlsAnswer {
  return error === undefined ? { response: responses[0] ?? NO_HANDLE } : { error };
}
