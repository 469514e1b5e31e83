import fc from "fast-check";
import { messageOf, StubError } from "../../host/errors.js";
import { Dialect } from "../../host/stub/dialect.js";
import { readControl } from "../../host/wire/control.js";
import { RequestBatchRecord } from "../../host/wire/execute.js";
import type { InferRequestRecord } from "../../host/wire/infer-request.js";
import { instanceArguments } from "../../host/wire/initialize.js";
import { LAYOUTS } from "../../host/wire/layouts/index.js";
import { closeRegions, ParentRegion } from "../shm/parent-region.js";
import { ServerSide } from "./server-side.js";

const TIME_LIMIT_MS = 1_000;
/** Far above what any of these messages takes to decode (some 20 microseconds). */
const SINGLE_DECODE_LIMIT_MS = 500;

afterEach(closeRegions);

/** Everything that a server sends, in one region, and a decoder that looks at all of it. */
class Victim {
  readonly parent: ParentRegion;
  /** The messages lie in bytes [from, to). */
  readonly from: number;
  readonly to: number;
  /** Offsets of handles: what the decoders follow. */
  readonly handles: readonly number[];
  outcomes = { decoded: 0, refused: 0 };
  private readonly dialect: Dialect;
  private readonly original: Uint8Array;
  private readonly message: number;
  private readonly initialise: number;
  private readonly batch = new RequestBatchRecord();

  constructor(release: string) {
    this.parent = new ParentRegion({ release, queueSize: 4 });
    this.dialect = new Dialect(release);
    const server = new ServerSide(this.parent);
    const tensor = (name: string, rank: number, separate: boolean) => ({
      name,
      datatype: 11,
      shape: Array.from({ length: rank }, () => 2n),
      data: new Uint8Array(4 * 2 ** rank).fill(0x3f),
      separate,
    });
    const requests = [1, 2, 3].map((number) =>
      server.request({
        inputs: [tensor(`INPUT${number}`, number, false), tensor("MORE", 3 - number, true)],
        outputs: ["OUTPUT0", `OUTPUT${number}`],
        id: `request ${number}`,
        parameters: '{"key":true}',
        correlationId: release >= "24.04" && number === 2 ? "sequence" : 77n,
      }),
    );
    this.message = server.message("ExecuteRequest", server.batch(requests));
    this.initialise = server.map([
      ["model_config", '{"name":"m"}'],
      ["model_name", "m"],
      ["model_version", "1"],
    ]);
    this.from = this.parent.controlHandle;
    this.to = this.parent.construct(1);
    this.original = this.parent.region.bytes.slice(0, this.to);
    this.handles = this.findHandles();
    expect(this.decode()).toBeUndefined();
    this.outcomes = { decoded: 0, refused: 0 };
  }

  /** Does `damage`, decodes everything, and mends the region. @returns what the decoders threw, if that was no StubError */
  suffer(damage: (view: DataView) => void): unknown {
    damage(this.parent.region.view);
    const start = performance.now();
    const thrown = this.decode();
    const taken = performance.now() - start;
    this.parent.region.bytes.set(this.original);
    return taken > SINGLE_DECODE_LIMIT_MS ? new Error(`decoding took ${taken} ms`) : thrown;
  }

  private decode(): unknown {
    let failed = false;
    let wrong: unknown;
    const parts = [
      () => this.decodeControl(),
      () => this.decodeBatch(),
      () => instanceArguments(this.dialect.dictionary.read(this.parent.reader, this.initialise)),
    ];
    for (const part of parts) {
      try {
        part();
      } catch (error) {
        failed = true;
        if (!(error instanceof StubError)) wrong = error;
      }
    }
    if (failed) this.outcomes.refused += 1;
    else this.outcomes.decoded += 1;
    return wrong;
  }

  private decodeControl(): void {
    const { reader, layout, controlHandle } = this.parent;
    readControl(reader, layout, controlHandle);
    this.parent.queue("stub_message_queue");
  }

  private decodeBatch(): void {
    const { reader } = this.parent;
    const { message, execute } = this.dialect;
    message.decode(reader, this.message);
    execute.decode(reader, message.args, this.batch);
    for (let index = 0; index < this.batch.count; index++) {
      const request = this.batch.requests[index]!;
      this.touch(request);
      execute.requests.attributes(reader, request);
    }
  }

  /** Reads every byte that a record points at: a record that leads out of the region is an error of the decoder. */
  private touch(request: InferRequestRecord): void {
    for (let index = 0; index < request.outputCount; index++) {
      const { at, bytes } = request.outputs[index]!;
      this.requireInside("an output's name", at, bytes);
    }
    for (let index = 0; index < request.inputCount; index++) {
      const input = request.inputs[index]!;
      this.requireInside("a name", input.nameAt, input.nameBytes);
      this.requireInside("a shape", input.shapeAt, input.rank * 8);
      this.requireInside("data", input.dataAt, input.dataBytes);
    }
  }

  private requireInside(what: string, at: number, length: number): void {
    const inside = at >= 0 && length >= 0 && at + length <= this.parent.region.mappedBytes;
    if (!inside) throw new Error(`${what} at ${at} with ${length} bytes was accepted`);
  }

  /** Every word that holds the handle of a block of these messages. */
  private findHandles(): number[] {
    const { view } = this.parent.region;
    const found: number[] = [];
    for (let at = this.from; at < this.to; at += 8) {
      const value = view.getBigUint64(at, true);
      if (value >= this.from && value < this.to && value % 16n === 0n) found.push(at);
    }
    return found;
  }
}

/** Values that lead elsewhere or are large; `handle` is one of another block. */
function hostileWords(handle: number, mappedBytes: number): bigint[] {
  return [
    0n,
    1n,
    8n,
    16n,
    144n,
    BigInt(handle),
    BigInt(handle + 16),
    BigInt(handle - 8),
    BigInt(mappedBytes),
    BigInt(mappedBytes - 16),
    BigInt(mappedBytes - 32),
    2n ** 31n,
    2n ** 32n - 16n,
    2n ** 32n,
    2n ** 53n - 16n,
    2n ** 53n,
    2n ** 63n,
    2n ** 64n - 16n,
    2n ** 64n - 1n,
  ];
}

describe.each(LAYOUTS.map(({ releases }) => releases[0]!))("release %s", (release) => {
  test("flipped bytes and words are decoded or refused, never followed out of the region", () => {
    const victim = new Victim(release);
    const { from, to } = victim;
    const words = hostileWords(victim.handles[0]!, victim.parent.bytes);
    const damage = fc.record({
      at: fc.oneof(fc.integer({ min: from, max: to - 8 }), fc.constantFrom(...victim.handles)),
      width: fc.constantFrom(1, 2, 4, 8),
      value: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(...words)),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 6 }), (damages) => {
        const wrong = victim.suffer((view) => {
          for (const { at, width, value } of damages) {
            for (let byte = 0; byte < width; byte++) {
              view.setUint8(at + byte, Number((value >> BigInt(8 * byte)) & 0xffn));
            }
          }
        });
        if (wrong !== undefined) throw new Error(messageOf(wrong), { cause: wrong });
      }),
      { numRuns: 100_000, interruptAfterTimeLimit: TIME_LIMIT_MS, markInterruptAsFailure: false },
    );
    expect(victim.outcomes.decoded).toBeGreaterThan(50);
    expect(victim.outcomes.refused).toBeGreaterThan(50);
  });

  test("every single handle of a batch, led to each hostile place in turn, is followed or refused", () => {
    const victim = new Victim(release);
    const targets = [...hostileWords(victim.handles[3]!, victim.parent.bytes)];
    for (const at of victim.handles) {
      // Led to every other block as well: a tensor read as a request, a text as a tensor, itself as itself.
      const blocks = victim.handles.map((other) =>
        victim.parent.region.view.getBigUint64(other, true),
      );
      for (const target of [...targets, ...blocks]) {
        const wrong = victim.suffer((view) => view.setBigUint64(at, target, true));
        if (wrong !== undefined) {
          throw new Error(`handle at ${at} led to ${target}: ${messageOf(wrong)}`, {
            cause: wrong,
          });
        }
      }
    }
    expect(victim.outcomes.refused).toBeGreaterThan(victim.handles.length);
  });
});
