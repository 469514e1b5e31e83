import { messageOf } from "../errors.js";
import {
  type Handle,
  type ObjectOffset,
  objectWithin,
  offsetBy,
  type RegionOffset,
} from "../numbers.js";
import { controlWordAt, OWNERSHIP_BYTES, objectAt } from "../shm/ownership.js";
import { type ExecuteEra, hasResponseFactories } from "../wire/era.js";
import { type Layout, offsetsOf, structOf } from "../wire/layout.js";
import type { WireReader } from "../wire/reader.js";
import { HANDLE_BYTES } from "../wire/sizes.js";
import type { StringCodec } from "../wire/strings.js";

/** What the server has said of the model when it loaded it. */
export interface KnownModel {
  readonly name: string;
  readonly version: string;
  readonly decoupled: boolean;
}

/** Why a request is none of the release that it is read with. */
export interface Contradiction {
  /** What was expected and what was seen instead. */
  readonly sentence: string;
  /** Whether the request can be read all the same: the server only is of another execute era. */
  readonly readable: boolean;
}

const UNIT_BYTES = 16;
/** Boost gives a block away whole when less than a smallest block would remain (docs/internals/heap.md, "Allocate"). */
const SURPLUS_UNITS = 2;
const SMALLEST_UNITS = 3;
/** Of a block's control word, seen from its upper half: allocated, and its size without the two flags. */
const UPPER_HALF = 4;
const ALLOCATED = 0x8000_0000;
const SIZE_MASK = 0x3fff_ffff;
const RELEASE_ALL = 1;
/** Sequence start and end. */
const ALL_FLAGS = 3;
/** The texts that follow a request's handles up to 24.03: model name, request id, parameters. */
const EMBEDDED_TEXTS = 3;
/**
 * Tells from a request's bytes whether the server really is of the release whose layout we read it with. Nothing is
 * written. What it cannot tell apart, since requests are the same there: 23.12, 24.01 and 24.02; 24.04 and 24.05; all from
 * 24.06 on.
 */
export class RequestCheck {
  private readonly layout: Layout;
  private readonly era: ExecuteEra;
  private readonly strings: StringCodec;

  constructor(layout: Layout, era: ExecuteEra, strings: StringCodec) {
    this.layout = layout;
    this.era = era;
    this.strings = strings;
  }

  /**
   * @param batch handle of a `RequestBatch` with at least one request
   * @returns undefined when all fits
   */
  contradiction(reader: WireReader, batch: number, model: KnownModel): Contradiction | undefined {
    try {
      const { size } = structOf(this.layout, "RequestBatch");
      const request = reader.handle(reader.objectOf(batch, size, "a batch of requests"), size);
      const sentence = this.ofLayout(reader, request, model);
      if (sentence !== undefined) return { sentence, readable: false };
      const wrongEra = this.ofEra(reader, request, model);
      return wrongEra === undefined ? undefined : { sentence: wrongEra, readable: true };
    } catch (error) {
      return { sentence: messageOf(error), readable: false };
    }
  }

  private ofEra(reader: WireReader, handle: Handle, model: KnownModel): string | undefined {
    const at = offsetsOf(this.layout, "InferRequestShm", "response_factory_address");
    const factory = reader.bigU64(objectAt(handle), at.response_factory_address);
    const expected = hasResponseFactories(this.era, model.decoupled);
    return differ(
      "a response factory:",
      factory === 0n ? "none" : "one",
      expected ? "one" : "none",
    );
  }

  private ofLayout(reader: WireReader, handle: Handle, model: KnownModel): string | undefined {
    const at = offsetsOf(
      this.layout,
      "InferRequestShm",
      "input_count",
      "requested_output_count",
      "model_version",
      "flags",
      "address",
    );
    const object = reader.objectOf(handle, at.bytes, "a request");
    const tensors =
      reader.u32(object, at.input_count) + reader.u32(object, at.requested_output_count);
    const texts = objectWithin(object, at.bytes + tensors * HANDLE_BYTES);
    const end = this.carriesTexts ? this.endOfTexts(reader, texts) : texts;
    return (
      differ(
        "a request of",
        describeUnits(blockUnits(reader, handle), end - handle),
        `${end - handle} bytes`,
      ) ??
      differ("a request for model", this.modelName(reader, object, texts), model.name) ??
      differ(
        "a request for version",
        String(reader.i64(object, at.model_version)),
        model.version,
      ) ??
      this.ofFlags(reader, object, at.flags) ??
      (reader.bigU64(object, at.address) === 0n
        ? "expected the address of a request, saw none"
        : undefined) ??
      this.ofTrace(reader, object)
    );
  }

  /** Up to 24.03. */
  private get carriesTexts(): boolean {
    return this.layout.structs.CorrelationIdShm === undefined;
  }

  private endOfTexts(reader: WireReader, from: ObjectOffset): RegionOffset {
    let at = from;
    for (let index = 0; index < EMBEDDED_TEXTS; index++) {
      const length = this.strings.lengthAt(reader, at);
      const characters = offsetBy(at, this.strings.headBytes);
      reader.requireRange(characters, length, "a request's text");
      at = objectWithin(characters, length);
    }
    return at;
  }

  private modelName(reader: WireReader, object: ObjectOffset, texts: ObjectOffset): string {
    if (this.carriesTexts) {
      const characters = offsetBy(texts, this.strings.headBytes);
      return reader.text(characters, this.strings.lengthAt(reader, texts));
    }
    const at = offsetsOf(this.layout, "InferRequestShm", "model_name_shm_handle");
    return this.strings.read(reader, object, at.model_name_shm_handle);
  }

  private ofFlags(reader: WireReader, object: ObjectOffset, flagsAt: number): string | undefined {
    const flags = reader.u32(object, flagsAt);
    if (flags > ALL_FLAGS) return `expected the flags of a request, saw ${flags}`;
    const place = structOf(this.layout, "InferRequestShm").fields.request_release_flags;
    if (place === undefined) return undefined;
    return differ("release flags", String(reader.u32(object, place[0])), String(RELEASE_ALL));
  }

  /** Up to 24.02 an address of the server, which is beyond every place in a region; from 24.03 a block of its own. */
  private ofTrace(reader: WireReader, object: ObjectOffset): string | undefined {
    const { trace, trace_shm_handle } = structOf(this.layout, "InferRequestShm").fields;
    if (trace !== undefined) {
      const address = reader.bigU64(object, trace[0]);
      const fits = address === 0n || address >= BigInt(reader.source.mappedBytes);
      return fits ? undefined : `expected the address of a trace or none, saw ${address}`;
    }
    if (trace_shm_handle === undefined) return undefined;
    const bytes = OWNERSHIP_BYTES + structOf(this.layout, "InferenceTraceShm").size;
    const handle = reader.handle(object, trace_shm_handle[0]);
    reader.objectOf(handle, bytes, "a request's trace");
    return differ("a trace of", describeUnits(blockUnits(reader, handle), bytes), `${bytes} bytes`);
  }
}

function differ(what: string, seen: string, expected: string): string | undefined {
  return seen === expected ? undefined : `expected ${what} ${expected}, saw ${seen}`;
}

/** Size of the block at `handle` in units of 16 bytes. */
function blockUnits(reader: WireReader, handle: Handle): number {
  const word = controlWordAt(handle);
  const high = reader.u32(word, UPPER_HALF);
  if ((high & ALLOCATED) === 0) return 0;
  return (high & SIZE_MASK) * 2 ** 32 + reader.u32(word, 0);
}

/** The wanted size itself, when a block of so many units is what the heap gives for it. */
function describeUnits(units: number, bytes: number): string {
  const least = Math.max(SMALLEST_UNITS, Math.ceil((bytes - 8) / UNIT_BYTES) + 1);
  const fits = units >= least && units <= least + SURPLUS_UNITS;
  return fits ? `${bytes} bytes` : `a block for ${Math.max(0, (units - 1) * UNIT_BYTES + 8)}`;
}
