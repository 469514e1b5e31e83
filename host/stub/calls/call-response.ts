import type { Endpoint } from "../../channel/endpoint.js";
import { messageOf } from "../../errors.js";
import { type Handle, NO_HANDLE, type RegionOffset } from "../../numbers.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import type { BlsAnswer } from "../../wire/records/bls.js";
import { type ResponseError, ResponseRecord } from "../../wire/records/response.js";
import type { TensorRecord } from "../../wire/records/tensor.js";
import { DIMENSION_BYTES } from "../../wire/sizes.js";
import type { AnswerPlace } from "./call-slots.js";

/** An output of a response. Its data is in the region. */
export interface CallOutput {
  /** In UTF-8. */
  readonly name: Uint8Array;
  readonly datatype: number;
  readonly shape: readonly bigint[];
  /** Handle of the block with the data; {@link NO_HANDLE}: the data is in the tensor's own block. */
  readonly memory: Handle;
  readonly dataAt: RegionOffset;
  readonly dataBytes: number;
  /** The block to which the response has a reference. */
  readonly block: Handle;
}

interface ResponseContent extends AnswerPlace {
  readonly error: ResponseError | undefined;
  readonly outputs: readonly CallOutput[];
  readonly parameters: string;
}

/** A response of another model. It holds references to the blocks of its outputs, which the ledger lists. */
export class CallResponse implements AnswerPlace {
  readonly error: ResponseError | undefined;
  readonly outputs: readonly CallOutput[];
  /** A JSON object as text. */
  readonly parameters: string;
  readonly stream: bigint;
  readonly isLast: boolean;

  private constructor(response: ResponseContent) {
    this.error = response.error;
    this.outputs = response.outputs;
    this.parameters = response.parameters;
    this.stream = response.stream;
    this.isLast = response.isLast;
  }

  /** A response with an error and nothing else. */
  static failed(message: string, code: number = TRITON_ERROR.internal): CallResponse {
    return new CallResponse({
      error: { code, message },
      outputs: [],
      parameters: "",
      stream: 0n,
      isLast: true,
    });
  }

  /**
   * Reads a response. {@link hold} has to follow before the server is notified.
   * @throws StubError when the bytes are not a response
   */
  static read({ dialect, reader }: Endpoint, answer: BlsAnswer): CallResponse {
    if ("error" in answer) return CallResponse.failed(answer.error);
    const record = new ResponseRecord();
    dialect.response.decode(reader, answer.response, record);
    const { error, stream, isLast, parameters } = record;
    const outputs = record.outputs
      .slice(0, record.outputCount)
      .map((tensor) => outputOf(reader, tensor));
    return new CallResponse({ error, outputs, parameters, stream, isLast });
  }

  /** Whether the response only ends a stream. */
  get isEmpty(): boolean {
    return this.error === undefined && this.outputs.length === 0;
  }

  /**
   * Takes references to the blocks of the outputs.
   * @returns this response; one with an error in its place when that fails
   */
  hold({ heap }: Endpoint): CallResponse {
    if (this.outputs.length === 0) return this;
    try {
      heap.locked(() => {
        for (const { block } of this.outputs) heap.loadLocked(block);
      });
      return this;
    } catch (error) {
      return CallResponse.failed(messageOf(error));
    }
  }

  /** Drops the references of {@link hold}. */
  release({ heap }: Endpoint): void {
    if (this.outputs.length === 0) return;
    heap.locked(() => {
      for (let index = this.outputs.length - 1; index >= 0; index--) {
        heap.releaseLocked(this.outputs[index]!.block);
      }
    });
  }
}

function outputOf({ source }: Endpoint["reader"], tensor: TensorRecord): CallOutput {
  const { nameAt, nameBytes, shapeAt, rank, memory } = tensor;
  return {
    name: source.bytes.slice(nameAt, nameAt + nameBytes),
    datatype: tensor.datatype,
    shape: Array.from({ length: rank }, (_, index) =>
      source.view.getBigInt64(shapeAt + index * DIMENSION_BYTES, true),
    ),
    memory,
    dataAt: tensor.dataAt,
    dataBytes: tensor.dataBytes,
    block: memory === NO_HANDLE ? tensor.block : memory,
  };
}
