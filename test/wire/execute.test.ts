import { type Handle, offsetBy, type RegionOffset } from "../../host/numbers.js";
import { Ledger } from "../../host/shm/ledger.js";
import { DATATYPES } from "../../host/wire/datatypes.js";
import { Dialect } from "../../host/wire/dialect.js";
import { LAYOUTS } from "../../host/wire/layouts/index.js";
import type { RequestRecord } from "../../host/wire/records/request.js";
import { RequestBatchRecord } from "../../host/wire/records/request-batch.js";
import { TensorRecord } from "../../host/wire/records/tensor.js";
import { closeRegions, ParentRegion } from "../support/region/parent-region.js";
import { ResponseReader } from "../support/region/response-reader.js";
import {
  ServerSide,
  type TensorFacts,
  type WrittenRequest,
} from "../support/region/server-side.js";

afterEach(closeRegions);

const releases = LAYOUTS.map(({ releases }) => releases[0]!);
const FAILURE = { reason: "all of it", sentence: "model m: all of it" };
const TIMEOUT_IS_INT32 = ["23.10", "23.11"];

function wire(release: string) {
  const parent = new ParentRegion({ release }).soil();
  const server = new ServerSide(parent);
  const dialect = new Dialect(release);
  const { heap, reader, writer } = parent;
  const locked = <Result>(action: () => Result): Result => {
    heap.lock();
    try {
      return action();
    } finally {
      heap.unlock();
    }
  };
  return {
    parent,
    server,
    dialect,
    heap,
    reader,
    writer,
    locked,
    response: new ResponseReader(parent.region, release),
  };
}

type Wire = ReturnType<typeof wire>;

function decodeOne({ server, dialect, reader }: Wire, request: WrittenRequest): RequestRecord {
  const batch = new RequestBatchRecord();
  dialect.requestBatch.decode(reader, server.batch([server.request(request)]), batch);
  expect(batch.count).toBe(1);
  return batch.requests[0]!;
}

/** The parts of a decoded tensor. */
function factsOf({ parent }: Wire, tensor: TensorRecord): TensorFacts {
  const { bytes, view } = parent.region;
  return {
    name: Buffer.from(bytes.slice(tensor.nameAt, tensor.nameAt + tensor.nameBytes)).toString(),
    datatype: tensor.datatype,
    shape: Array.from({ length: tensor.rank }, (_, index) =>
      view.getBigInt64(tensor.shapeAt + index * 8, true),
    ),
    data: Uint8Array.from(bytes.slice(tensor.dataAt, tensor.dataAt + tensor.dataBytes)),
  };
}

function outputNames({ parent }: Wire, request: RequestRecord): string[] {
  return request.outputs
    .slice(0, request.outputCount)
    .map(({ at, bytes }) => Buffer.from(parent.region.bytes.slice(at, at + bytes)).toString());
}

/** Makes a tensor block like the stub for an output. */
function encodeTensor({ heap, writer, dialect, parent, locked }: Wire, facts: TensorFacts): Handle {
  const { tensors } = dialect;
  const name = Buffer.from(facts.name);
  const form = {
    datatype: facts.datatype,
    rank: facts.shape.length,
    nameBytes: name.length,
    dataBytes: facts.data.length,
  };
  const handle = locked(() => heap.constructLocked(tensors.objectBytes(form)));
  const into = new TensorRecord();
  tensors.fill(writer, handle, form, into);
  facts.shape.forEach((dimension, index) => {
    parent.region.view.setBigInt64(into.shapeAt + index * 8, dimension, true);
  });
  parent.region.bytes.set(name, into.nameAt);
  parent.region.bytes.set(facts.data, into.dataAt);
  return handle;
}

function tensorFacts(datatype: number, rank: number): TensorFacts {
  const shape = Array.from({ length: rank }, (_, index) => BigInt((index % 3) + 1));
  const elements = Number(shape.reduce((product, size) => product * size, 1n));
  const elementBytes = DATATYPES[datatype]!.bytes || 5;
  const data = Uint8Array.from({ length: elements * elementBytes }, (_, at) => (at * 7 + 3) & 0xff);
  return { name: `INPUT_${datatype}_${rank}`, datatype, shape, data };
}

describe.each(releases)("release %s", (release) => {
  test("a request is decoded with all of its fields", () => {
    const one = wire(release);
    const written: WrittenRequest = {
      inputs: [tensorFacts(11, 2), tensorFacts(9, 1)],
      outputs: ["OUTPUT0", "ausgäbe"],
      id: "request-7",
      modelName: "mödel",
      parameters: '{"a":1}',
      correlationId: 2n ** 63n + 5n,
      modelVersion: -1n,
      flags: 3,
      timeout: TIMEOUT_IS_INT32.includes(release) ? 2n ** 31n - 1n : 2n ** 40n,
    };
    const request = decodeOne(one, written);
    expect(request.inputs.slice(0, request.inputCount).map((each) => factsOf(one, each))).toEqual(
      written.inputs,
    );
    expect(outputNames(one, request)).toEqual(written.outputs);
    expect(one.dialect.requests.attributes(one.reader, request)).toEqual({
      id: "request-7",
      modelName: "mödel",
      parameters: '{"a":1}',
      correlationId: 2n ** 63n + 5n,
      modelVersion: -1n,
      flags: 3,
      timeoutMicroseconds: written.timeout,
    });
  });

  test("a request without inputs, outputs and texts is decoded as empty", () => {
    const one = wire(release);
    const request = decodeOne(one, {
      inputs: [],
      outputs: [],
      id: "",
      modelName: "",
      parameters: "",
    });
    expect([request.inputCount, request.outputCount]).toEqual([0, 0]);
    expect(one.dialect.requests.attributes(one.reader, request)).toMatchObject({
      id: "",
      modelName: "",
      parameters: "",
    });
  });

  test.each(DATATYPES.map(({ name }, datatype) => [name, datatype] as const))(
    "tensors of %s and ranks 0 to 8 pass in and out, in one block and in two",
    (_name, datatype) => {
      const one = wire(release);
      const inputs = Array.from({ length: 9 }, (_, rank) => tensorFacts(datatype, rank));
      for (const separate of [false, true]) {
        const request = decodeOne(one, {
          inputs: inputs.map((input) => ({ ...input, separate })),
          outputs: [],
        });
        expect(request.inputs.slice(0, 9).map((each) => factsOf(one, each))).toEqual(inputs);
      }
      const { writer, dialect } = one;
      const outputs = inputs.map((input) => encodeTensor(one, input));
      const response = one.locked(() => dialect.response.encodeLocked(writer, 9, "{}"));
      outputs.forEach((tensor, index) => {
        dialect.response.setOutput(writer, response, index, tensor);
      });
      const made = one.locked(() => dialect.responseBatch.encodeLocked(writer, 1));
      dialect.responseBatch.setResponse(writer, made, 0, response);
      expect(one.response.executeResponse(made.message)).toEqual({
        responses: [{ outputs: inputs }],
      });
    },
  );

  test("a tensor of zero elements has data of no bytes, also where the region ends", () => {
    const one = wire(release);
    const { region } = one.parent;
    const handleAt = (one.parent.construct(8) + 16) as RegionOffset;
    const empty = { name: "E", datatype: 11, shape: [0n, 4n], data: new Uint8Array(0) };
    region.view.setBigUint64(handleAt, BigInt(one.server.tensor(empty)), true);
    const tensor = new TensorRecord();
    const decode = () => one.dialect.tensors.decode(one.reader, handleAt, tensor);
    decode();
    expect(factsOf(one, tensor)).toEqual(empty);
    region.mappedBytes = tensor.dataAt;
    decode();
    expect(tensor.dataBytes).toBe(0);
    region.mappedBytes -= 1;
    expect(decode).toThrow(expect.objectContaining({ code: "ERR_REGION_BOUNDS" }));
  });

  test("pinned memory is read like any other; GPU memory is refused, naming input and setting", () => {
    const one = wire(release);
    const input = { ...tensorFacts(11, 1), name: "PICTURE" };
    expect(decodeOne(one, { inputs: [{ ...input, memoryType: 1 }], outputs: [] }).inputCount).toBe(
      1,
    );
    for (const separate of [false, true]) {
      expect(() =>
        decodeOne(one, { inputs: [{ ...input, memoryType: 2, separate }], outputs: [] }),
      ).toThrow(
        expect.objectContaining({
          code: "ERR_MESSAGE_INVALID",
          message: expect.stringMatching(
            /'PICTURE' is in GPU memory.*FORCE_CPU_ONLY_INPUT_TENSORS/,
          ),
        }),
      );
    }
  });

  test("a batch of many requests keeps the tensors of each request, also when a record is re-used", () => {
    const one = wire(release);
    const batch = new RequestBatchRecord();
    for (const count of [5, 2, 7, 0]) {
      const requests = Array.from({ length: count }, (_, index) => ({
        inputs: Array.from({ length: (index + count) % 4 }, (_, rank) => tensorFacts(8, rank)),
        outputs: Array.from({ length: (index * count) % 3 }, (_, output) => `O${index}_${output}`),
      }));
      const handles = requests.map((request) => one.server.request(request));
      one.dialect.requestBatch.decode(one.reader, one.server.batch(handles), batch);
      expect(batch.count).toBe(count);
      requests.forEach((request, index) => {
        const record = batch.requests[index]!;
        const inputs = record.inputs.slice(0, record.inputCount);
        expect(inputs.map((each) => factsOf(one, each))).toEqual(request.inputs);
        expect(outputNames(one, record)).toEqual(request.outputs);
      });
    }
  });

  test("errors of a request and of a whole batch reach the server with their codes and texts", () => {
    const one = wire(release);
    const { writer, dialect } = one;
    const failed = one.locked(() => dialect.response.encodeErrorLocked(writer, 5, "nö"));
    // The field `id`: none, also here.
    expect(one.response.handle(failed + 16 + (release < "25.02" ? 24 : 32))).toBe(0);
    const empty = one.locked(() => dialect.response.encodeLocked(writer, 0, "{}"));
    const made = one.locked(() => dialect.responseBatch.encodeLocked(writer, 2));
    dialect.responseBatch.setResponse(writer, made, 0, failed);
    dialect.responseBatch.setResponse(writer, made, 1, empty);
    expect(one.response.executeResponse(made.message)).toEqual({
      responses: [{ error: { code: 5, message: "nö" }, outputs: [] }, { outputs: [] }],
    });
    const whole = one.locked(() => dialect.responseBatch.encodeFailedLocked(writer, FAILURE));
    const error = release < "24.06" ? "all of it" : "model m: all of it";
    expect(one.response.executeResponse(whole)).toEqual({ error, responses: [] });
  });

  test.each(releases)("a server of %s can read the error of a whole batch as well", (other) => {
    const one = wire(release);
    const whole = one.locked(() =>
      one.dialect.responseBatch.encodeFailedLocked(one.writer, FAILURE),
    );
    const reader = new ResponseReader(one.parent.region, other);
    expect(reader.executeResponse(whole).error).toMatch(/all of it$/);
  });

  test("the blocks of an answer are in the ledger, and dropping them frees all bytes", () => {
    const one = wire(release);
    const { heap, writer, dialect } = one;
    const before = one.parent.allocated();
    encodeTensor(one, tensorFacts(11, 3));
    one.locked(() => {
      dialect.response.encodeErrorLocked(writer, 1, "text");
      dialect.responseBatch.encodeFailedLocked(writer, FAILURE);
      dialect.initialize.encodeLocked(writer, "text");
      dialect.autoComplete.encodeLocked(writer, "{}");
      dialect.log.encodeLocked(writer, { level: 1, file: "file", line: 3, message: "text" });
      dialect.message.encodeLocked(writer, 1, 336 as Handle);
    });
    expect(one.parent.allocated()).toBeGreaterThan(before);
    heap.dropNewer(0);
    expect(one.parent.allocated()).toBe(before);
    expect(heap.ledger).toBeInstanceOf(Ledger);
  });
});

test("from 24.04 a correlation id may be a text, and an unknown type is rejected", () => {
  const one = wire("24.04");
  const request = decodeOne(one, { inputs: [], outputs: [], correlationId: "séquence" });
  const { requests } = one.dialect;
  expect(requests.attributes(one.reader, request).correlationId).toBe("séquence");
  const at = one.parent.layout.structs.InferRequestShm!.fields.correlation_id_shm_handle![0];
  const block = Number(one.parent.region.view.getBigUint64(request.object + at, true));
  const kindAt = block + 16 + one.parent.layout.structs.CorrelationIdShm!.fields.id_type![0];
  one.parent.region.view.setUint32(kindAt, 2, true);
  expect(() => requests.attributes(one.reader, request)).toThrow(
    expect.objectContaining({ code: "ERR_MESSAGE_INVALID" }),
  );
});

test.each([
  ["an absurd rank", "TensorShm", "dims_count", 1025n, /rank: 1025/],
  ["an unknown datatype", "TensorShm", "dtype", 15n, /datatype: 15/],
  ["a size of 2^53", "TensorShm", "dims_count", 2n ** 53n, /2\^53 or larger/],
  ["a memory handle between two blocks", "TensorShm", "memory", 1001n, /invalid handle/],
  ["a memory handle beyond the region", "TensorShm", "memory", 2n ** 32n, /outside of the shared/],
  ["a handle in the heap's header", "TensorShm", "memory", 16n, /invalid handle/],
] as const)("a tensor with %s is rejected", (_what, struct, field, value, message) => {
  const one = wire("23.12");
  const request = decodeOne(one, { inputs: [tensorFacts(11, 1)], outputs: [] });
  const handleAt = offsetBy(request.object, one.parent.layout.structs.InferRequestShm!.size);
  const tensor = Number(one.parent.region.view.getBigUint64(handleAt, true)) + 16;
  const [offset, size] = one.parent.layout.structs[struct]!.fields[field]!;
  if (size === 4) one.parent.region.view.setUint32(tensor + offset, Number(value), true);
  else one.parent.region.view.setBigUint64(tensor + offset, value, true);
  expect(() => one.dialect.tensors.decode(one.reader, handleAt, new TensorRecord())).toThrow(
    expect.objectContaining({ name: "StubError", message: expect.stringMatching(message) }),
  );
});

test.each([
  ["InferRequestShm", "input_count", /a request's list of tensors lies outside/],
  ["InferRequestShm", "requested_output_count", /a request's list of tensors lies outside/],
  ["RequestBatch", "batch_size", /a batch of requests lies outside/],
] as const)(
  "a %s whose %s points beyond the region is rejected before the list is read",
  (struct, field, message) => {
    const one = wire("23.12");
    const request = one.server.request({ inputs: [tensorFacts(11, 1)], outputs: ["OUTPUT"] });
    const batch = one.server.batch([request]);
    const block = (struct === "RequestBatch" ? batch : request) + 16;
    const at = block + one.parent.layout.structs[struct]!.fields[field]![0];
    one.parent.region.view.setUint32(at, 2 ** 32 - 1, true);
    expect(() =>
      one.dialect.requestBatch.decode(one.reader, batch, new RequestBatchRecord()),
    ).toThrow(
      expect.objectContaining({
        code: "ERR_REGION_BOUNDS",
        message: expect.stringMatching(message),
      }),
    );
  },
);
