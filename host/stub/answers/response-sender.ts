import type { Endpoint } from "../../channel/endpoint.js";
import type { ExchangeChannel } from "../../channel/exchange.js";
import type { Logger } from "../../log/logger.js";
import { type Handle, NO_HANDLE } from "../../numbers.js";
import { LOG_LEVEL } from "../../wire/log-levels.js";
import type { RequestAddresses } from "../../wire/records/request.js";
import type { AnswerEra } from "./eras.js";

/** A response that is a message of its own. */
export interface SeparateResponse {
  readonly addresses: RequestAddresses;
  readonly isLast: boolean;
  /** Encodes the response under the pool mutex; undefined: the message only says that the response before was the last. */
  readonly encodeLocked: (() => Handle) | undefined;
  /** Notes in the journal what is true as soon as the message is in its queue. */
  readonly expect: () => void;
}

/** Sends responses that are messages of their own, each in an exchange with the server. */
export class ResponseSender {
  private readonly endpoint: Endpoint;
  private readonly channel: ExchangeChannel;
  private readonly logger: Logger;

  constructor(endpoint: Endpoint, era: AnswerEra, logger: Logger) {
    this.endpoint = endpoint;
    this.channel = era.queue === "side" ? endpoint.side : endpoint.answerExchanges;
    this.logger = logger;
  }

  /** @returns false when the server did not send the response; the log has its reason */
  send({ addresses, isLast, encodeLocked, expect }: SeparateResponse): boolean {
    const { dialect, writer, reader, side } = this.endpoint;
    const { responseSend, commands } = dialect;
    // The journal has room for one exchange: of two pending ones, the guard would end only the later one.
    side.finish();
    const { record, exchange } = this.endpoint.newExchange(
      commands.responseSend,
      responseSend.fields,
      () => {
        const response = encodeLocked?.() ?? NO_HANDLE;
        return responseSend.encodeLocked(writer, { addresses, response, isFinal: isLast });
      },
    );
    let error: string | undefined;
    expect();
    this.channel.respond(exchange, () => {
      error = responseSend.readError(reader, record);
    });
    if (error === undefined) return true;
    this.logger.log(LOG_LEVEL.warning, `the server did not send a response: ${error}`);
    return false;
  }

  /** Waits until the server does not use the records of earlier responses any more. */
  awaitLeaving(): void {
    this.channel.awaitLeaving();
  }

  /** As {@link awaitLeaving}, for responses that an executor sent before it died. */
  inherit(): void {
    this.channel.inherit();
  }
}
