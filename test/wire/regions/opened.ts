import type { Handle } from "../../../host/numbers.js";
import { OWNERSHIP_BYTES } from "../../../host/shm/ownership.js";
import { DATATYPES } from "../../../host/wire/datatypes.js";
import { Dialect } from "../../../host/wire/dialect.js";
import { type Layout, structOf } from "../../../host/wire/layout.js";
import type { Message } from "../../../host/wire/message.js";
import { WireReader } from "../../../host/wire/reader.js";
import type { RequestRecord } from "../../../host/wire/records/request.js";
import { RequestBatchRecord } from "../../../host/wire/records/request-batch.js";
import { ResponseRecord } from "../../../host/wire/records/response.js";
import type { TensorRecord } from "../../../host/wire/records/tensor.js";
import { DIMENSION_BYTES } from "../../../host/wire/sizes.js";
import { callIndex, type Fixture, fixtureIndex, readRegion } from "../../fixtures/fixture.js";

export const { controlHandle } = fixtureIndex();
export const fixtures = [...fixtureIndex().fixtures, ...callIndex().fixtures];

/** A tensor as the fixtures describe it. */
export interface DescribedTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly base64: string;
}

/** The region of another moment of the same release. */
export function regionOf({ release }: Fixture, moment: string): Opened {
  const found = fixtures.find((each) => each.release === release && each.moment === moment);
  if (found === undefined) throw new Error(`there is no region ${release} ${moment}`);
  return new Opened(found);
}

/** A captured region with the codecs of its release, and the message that it was captured for. */
export class Opened {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly reader: WireReader;
  readonly dialect: Dialect;
  readonly layout: Layout;
  readonly message: Message;

  constructor(readonly fixture: Fixture) {
    this.bytes = readRegion(fixture);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    const { bytes, view } = this;
    this.reader = new WireReader({ bytes, view, mappedBytes: bytes.length });
    this.dialect = new Dialect(fixture.release);
    this.layout = this.dialect.layout;
    this.message = this.dialect.message.decode(this.reader, fixture.message);
  }

  get args(): Handle {
    return this.message.args as Handle;
  }

  /** What the index says of the message. */
  // biome-ignore lint/suspicious/noExplicitAny: a document for each command, see fixture.ts.
  get expected(): any {
    return this.fixture.expected;
  }

  /** Whether the other side has dealt with the message. */
  get isAnswered(): boolean {
    return this.fixture.slot === "popped";
  }

  /** A field of a record that this stub has no codec of, by the table of the release. */
  field(struct: string, handle: number, name: string): number {
    const [at, size] = this.placeOf(struct, handle, name);
    if (size === 1) return this.view.getUint8(at);
    return size === 4 ? this.view.getUint32(at, true) : Number(this.view.getBigInt64(at, true));
  }

  address(struct: string, handle: number, name: string): bigint {
    return this.view.getBigUint64(this.placeOf(struct, handle, name)[0], true);
  }

  string(handle: number): string {
    const { strings } = this.dialect;
    const object = this.reader.objectOf(handle, strings.headBytes, "a text");
    return strings.readObject(this.reader, object);
  }

  get requests(): RequestRecord[] {
    const batch = new RequestBatchRecord();
    this.dialect.requestBatch.decode(this.reader, this.args, batch);
    return batch.requests.slice(0, batch.count);
  }

  responseAt(handle: Handle): ResponseRecord {
    const response = new ResponseRecord();
    this.dialect.response.decode(this.reader, handle, response);
    return response;
  }

  /** What the server calls the stream that the first response in this answer to a call belongs to. */
  get stream(): bigint {
    const answer = this.dialect.bls.decodeAnswer(this.reader, this.message.handle);
    if (answer === undefined || "error" in answer) throw new Error("there is no response");
    return this.responseAt(answer.response).stream;
  }

  describeTensor(tensor: TensorRecord): DescribedTensor {
    const text = (at: number, length: number) => Buffer.from(this.bytes.slice(at, at + length));
    return {
      name: text(tensor.nameAt, tensor.nameBytes).toString(),
      datatype: DATATYPES[tensor.datatype]!.name,
      shape: Array.from({ length: tensor.rank }, (_, index) =>
        Number(this.view.getBigInt64(tensor.shapeAt + index * DIMENSION_BYTES, true)),
      ),
      base64: text(tensor.dataAt, tensor.dataBytes).toString("base64"),
    };
  }

  /** Names of the requested outputs, in the order of the region. */
  outputsOf({ outputs, outputCount }: RequestRecord): string[] {
    return outputs
      .slice(0, outputCount)
      .map(({ at, bytes }) => Buffer.from(this.bytes.slice(at, at + bytes)).toString());
  }

  private placeOf(struct: string, handle: number, name: string): readonly [number, number] {
    const { size, fields } = structOf(this.layout, struct);
    const object = this.reader.objectOf(handle, size, struct);
    const [at, bytes] = fields[name]!;
    return [object + at, bytes];
  }
}

/** Where the message would be found by the next pop, or was found by the last. */
export function slotOf({ fixture, layout, reader, view }: Opened): number {
  const control = structOf(layout, "IPCControlShm").fields;
  const queue = structOf(layout, "MessageQueueShm").fields;
  const at = (handle: number, [offset]: readonly [number, number]) =>
    handle + OWNERSHIP_BYTES + offset;
  const handleAt = (place: number) => Number(view.getBigUint64(place, true));
  const of = handleAt(at(controlHandle, control[fixture.queue]!));
  reader.objectOf(of, structOf(layout, "MessageQueueShm").size, "a queue");
  const size = handleAt(at(of, queue.size!));
  const tail = view.getUint32(at(of, queue.tail!), true);
  const slot = fixture.slot === "pushed" ? tail : (tail + size - 1) % size;
  return handleAt(handleAt(at(of, queue.buffer!)) + OWNERSHIP_BYTES + slot * 8);
}
