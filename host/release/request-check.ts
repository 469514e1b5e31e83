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

/** What the server has reported about the model at its load. */
export interface KnownModel {
  readonly name: string;
  readonly version: string;
  readonly decoupled: boolean;
}

/** Why the bytes of a request do not fit the release. */
export interface Contradiction {
  /** What was expected, and what was found instead. */
  readonly sentence: string;
  /** Whether the request can be read nevertheless, because only the execute era differs. */
  readonly readable: boolean;
}

const UNIT_BYTES = 16;
/** Boost does not split a block when the rest would be smaller than the smallest block (docs/internals/heap.md, "Allocate"). */
const SURPLUS_UNITS = 2;
const SMALLEST_UNITS = 3;
/** Offset of the upper half of a block's control word, and its parts: the flag "allocated", and the size without the two flags. */
const UPPER_HALF = 4;
const ALLOCATED = 0x8000_0000;
const SIZE_MASK = 0x3fff_ffff;
const RELEASE_ALL = 1;
/** Sequence start and end. */
const ALL_FLAGS = 3;
/** The texts that follow a request's handles up to 24.03: model name, request id, parameters. */
const EMBEDDED_TEXTS = 3;

/**
 * Checks the bytes of a request against the layout of a release, and writes nothing. Releases with equal requests cannot be told apart:
 * 23.12, 24.01 and 24.02; 24.04 and 24.05; all from 24.06 on.
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
   * @returns undefined when the first request of the batch fits the release
   */
  contradiction(reader: WireReader, batch: number, model: KnownModel): Contradiction | undefined {
    try {
      const { size } = structOf(this.layout, "RequestBatch");
      const request = reader.handle(reader.objectOf(batch, size, "a batch of requests"), size);
      const sentence = this.layoutMismatch(reader, request, model);
      if (sentence !== undefined) return { sentence, readable: false };
      const wrongEra = this.eraMismatch(reader, request, model);
      return wrongEra === undefined ? undefined : { sentence: wrongEra, readable: true };
    } catch (error) {
      return { sentence: messageOf(error), readable: false };
    }
  }

  private eraMismatch(reader: WireReader, handle: Handle, model: KnownModel): string | undefined {
    const at = offsetsOf(this.layout, "InferRequestShm", "response_factory_address");
    const factory = reader.bigU64(objectAt(handle), at.response_factory_address);
    const expected = hasResponseFactories(this.era, model.decoupled);
    return mismatch(
      "a response factory:",
      factory === 0n ? "none" : "one",
      expected ? "one" : "none",
    );
  }

  private layoutMismatch(
    reader: WireReader,
    handle: Handle,
    model: KnownModel,
  ): string | undefined {
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
      mismatch(
        "a request of",
        describeUnits(blockUnits(reader, handle), end - handle),
        `${end - handle} bytes`,
      ) ??
      mismatch("a request for model", this.modelName(reader, object, texts), model.name) ??
      mismatch(
        "a request for version",
        String(reader.i64(object, at.model_version)),
        model.version,
      ) ??
      this.flagsMismatch(reader, object, at.flags) ??
      (reader.bigU64(object, at.address) === 0n
        ? "expected the address of a request, found none"
        : undefined) ??
      this.traceMismatch(reader, object)
    );
  }

  /** Whether a request's texts follow its handles in the same block: up to 24.03. */
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

  private flagsMismatch(
    reader: WireReader,
    object: ObjectOffset,
    flagsAt: number,
  ): string | undefined {
    const flags = reader.u32(object, flagsAt);
    if (flags > ALL_FLAGS) return `expected request flags from 0 to ${ALL_FLAGS}, found ${flags}`;
    const place = structOf(this.layout, "InferRequestShm").fields.request_release_flags;
    if (place === undefined) return undefined;
    return mismatch("release flags", String(reader.u32(object, place[0])), String(RELEASE_ALL));
  }

  /** Up to 24.02 the trace is an address of the server, which exceeds every offset in a region; from 24.03 on it is a block. */
  private traceMismatch(reader: WireReader, object: ObjectOffset): string | undefined {
    const { trace, trace_shm_handle } = structOf(this.layout, "InferRequestShm").fields;
    if (trace !== undefined) {
      const address = reader.bigU64(object, trace[0]);
      const fits = address === 0n || address >= BigInt(reader.source.mappedBytes);
      return fits ? undefined : `expected the address of a trace or none, found ${address}`;
    }
    if (trace_shm_handle === undefined) return undefined;
    const bytes = OWNERSHIP_BYTES + structOf(this.layout, "InferenceTraceShm").size;
    const handle = reader.handle(object, trace_shm_handle[0]);
    reader.objectOf(handle, bytes, "a request's trace");
    return mismatch(
      "a trace of",
      describeUnits(blockUnits(reader, handle), bytes),
      `${bytes} bytes`,
    );
  }
}

function mismatch(what: string, found: string, expected: string): string | undefined {
  return found === expected ? undefined : `expected ${what} ${expected}, found ${found}`;
}

/** Size of the allocated block at `handle` in units of 16 bytes; 0 when it is free. */
function blockUnits(reader: WireReader, handle: Handle): number {
  const word = controlWordAt(handle);
  const high = reader.u32(word, UPPER_HALF);
  if ((high & ALLOCATED) === 0) return 0;
  return (high & SIZE_MASK) * 2 ** 32 + reader.u32(word, 0);
}

/** Returns `bytes` as a text if the heap may have given a block of `units` for them, otherwise the size that the block is made for. */
function describeUnits(units: number, bytes: number): string {
  const least = Math.max(SMALLEST_UNITS, Math.ceil((bytes - 8) / UNIT_BYTES) + 1);
  const fits = units >= least && units <= least + SURPLUS_UNITS;
  return fits ? `${bytes} bytes` : `a block for ${Math.max(0, (units - 1) * UNIT_BYTES + 8)}`;
}
