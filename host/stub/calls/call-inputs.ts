import type { Endpoint } from "../../channel/endpoint.js";
import { messageOf, StubError } from "../../errors.js";
import { type Handle, NO_HANDLE } from "../../numbers.js";
import { DATATYPE } from "../../wire/datatypes.js";
import { type TensorForm, TensorRecord } from "../../wire/records/tensor.js";
import { DIMENSION_BYTES } from "../../wire/sizes.js";
import { elementCount, OutputData, tensorBytes } from "../batch/output-data.js";
import type { CallOutput } from "./call-response.js";
import { malformedInput, noRoomForCall, wrongInputSize } from "./errors.js";
import type { CallInput } from "./guest-call.js";

const encoder = new TextEncoder();

/** Makes the inputs of calls: tensors with bytes of the guest, or with the data of another tensor of the region. */
export class CallInputs {
  private readonly endpoint: Endpoint;
  private readonly target = new TensorRecord();

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * Copies bytes of the guest.
   * @throws StubError ERR_GUEST_ARGUMENT when they do not fit datatype and shape, ERR_CALL_REFUSED when the region has no room
   */
  copied(
    name: string,
    datatype: number,
    shape: readonly number[],
    source: Uint8Array,
    at: number,
    length: number,
  ): CallInput {
    const { heap, writer, dialect } = this.endpoint;
    const isBytes = datatype === DATATYPE.bytes;
    const expected = tensorBytes(datatype, shape);
    if (!isBytes && length !== expected) {
      throw wrongInputSize(name, { datatype, shape }, length, expected);
    }
    const nameBytes = encoder.encode(name);
    const form = {
      datatype,
      rank: shape.length,
      nameBytes: nameBytes.length,
      dataBytes: length,
    };
    const tensor = this.construct(dialect.tensors.objectBytes(form));
    const { target } = this;
    dialect.tensors.fill(writer, tensor, form, target);
    this.writeHead(target, nameBytes, shape.map(BigInt));
    const data = new OutputData(heap, 0, target.dataAt, length, isBytes ? elementCount(shape) : -1);
    data.write(0, source, at, length);
    const fault = data.finish();
    if (fault !== undefined) throw malformedInput(name, fault);
    return { name, tensor, held: [{ handle: tensor, shared: 0 }], bytes: length };
  }

  /** Refers to the data of an input of the batch, without a copy. */
  ofRequest(name: string, source: TensorRecord): CallInput {
    const { reader } = this.endpoint;
    const { shapeAt, rank } = source;
    const shape = Array.from({ length: rank }, (_, index) =>
      reader.i64(shapeAt, index * DIMENSION_BYTES),
    );
    const tensor = this.shared(name, source, shape);
    // Data in the tensor's own block stays as long as that block.
    const isEmbedded = source.savedName !== undefined;
    const handle = isEmbedded ? source.block : source.memory;
    return this.holding(name, tensor, { handle, shared: isEmbedded ? source.memory : 0 });
  }

  /** Refers to the data of an output of another call, without a copy. */
  ofCall(name: string, output: CallOutput): CallInput {
    const { bytes } = this.endpoint.region;
    const { datatype, shape, memory, dataAt, dataBytes } = output;
    // Only an output without bytes has its data in the tensor's own block.
    if (memory === NO_HANDLE) {
      return this.copied(name, datatype, shape.map(Number), bytes, dataAt, dataBytes);
    }
    const source = new TensorRecord();
    source.datatype = datatype;
    source.rank = shape.length;
    source.memory = memory;
    source.dataAt = dataAt;
    source.dataBytes = dataBytes;
    return this.holding(name, this.shared(name, source, shape), { handle: memory, shared: 0 });
  }

  private shared(name: string, source: TensorRecord, shape: readonly bigint[]): Handle {
    const { writer, dialect } = this.endpoint;
    const { datatype, rank, dataBytes } = source;
    const nameBytes = encoder.encode(name);
    const form: TensorForm = { datatype, rank, nameBytes: nameBytes.length, dataBytes };
    const tensor = this.construct(dialect.tensors.sharingBytes(form));
    const { target } = this;
    dialect.tensors.fillSharing(writer, tensor, form, { source, into: target });
    this.writeHead(target, nameBytes, shape);
    return tensor;
  }

  private holding(name: string, tensor: Handle, data: CallInput["held"][number]): CallInput {
    const { heap } = this.endpoint;
    heap.locked(() => heap.loadLocked(data.handle));
    // The data comes first: it is dropped last.
    return { name, tensor, held: [data, { handle: tensor, shared: 0 }], bytes: 0 };
  }

  private writeHead(target: TensorRecord, name: Uint8Array, shape: readonly bigint[]): void {
    const { writer } = this.endpoint;
    writer.copy(target.nameAt, name);
    for (const [index, dimension] of shape.entries()) {
      writer.i64(target.shapeAt, index * DIMENSION_BYTES, dimension);
    }
  }

  private construct(bytes: number): Handle {
    try {
      return this.endpoint.heap.construct(bytes);
    } catch (error) {
      if (!(error instanceof StubError)) throw error;
      throw noRoomForCall(messageOf(error));
    }
  }
}
