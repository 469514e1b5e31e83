import type { ReadResponse, ResponseReader } from "../support/region/response-reader.js";

/** `ResponseSendMessage`, which is the same in all releases. */
const SEND = {
  isStubTurn: 88,
  hasError: 89,
  request: 104,
  responseFactory: 112,
  response: 120,
  flags: 136,
} as const;
/** The only aligned blocks of the protocol, besides those of an inline message. */
const ALIGNMENT = 32;

export interface ReadSend {
  /** Addresses in the server. */
  readonly request: number;
  readonly responseFactory: number;
  /** 1: it is the last response to the request. */
  readonly flags: number;
  readonly response: ReadResponse;
}

/** Reads the record of a ResponseSend like the server, before the server's answer. */
export function readResponseSend(reader: ResponseReader, handle: number): ReadSend {
  if (handle % ALIGNMENT !== 0) throw new Error(`the block at ${handle} is not aligned`);
  const at = reader.objectAt(handle);
  if (reader.flag(at + SEND.isStubTurn)) throw new Error("it must be the server's turn");
  if (reader.flag(at + SEND.hasError)) throw new Error("only the server may set an error");
  return {
    request: reader.handle(at + SEND.request),
    responseFactory: reader.handle(at + SEND.responseFactory),
    flags: reader.u32(at + SEND.flags),
    response: reader.response(reader.handle(at + SEND.response)),
  };
}
