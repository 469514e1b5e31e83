import { ok, strictEqual } from "node:assert";
import { StubError } from "../../../host/errors.js";
import { RequestCheck } from "../../../host/release/request-check.js";
import { LAYOUTS } from "../../../host/wire/layouts/index.js";
import { WireReader } from "../../../host/wire/reader.js";
import { CountedSource } from "../../support/region/counted-source.js";
import { EveryMessage, MOST_READ } from "../../support/region/every-message.js";
import { ProgramReader } from "../program.js";
import type { FuzzTarget } from "../target.js";
import { doDamage, makeDamage } from "./damage.js";

/** The errors with which a decoder may reject bytes that are not a message. */
const REFUSALS = ["ERR_REGION_BOUNDS", "ERR_MESSAGE_INVALID", "ERR_QUEUE_CORRUPT"];
const MODEL = { name: "model", version: "1", decoupled: false };

/** A copy of a region, exactly as long as what stands in it: whoever reads beyond it gets a RangeError. */
class Copy {
  readonly messages: EveryMessage;
  readonly source: CountedSource;
  readonly original: Uint8Array;
  readonly requestCheck: RequestCheck;

  constructor(release: string) {
    this.messages = new EveryMessage(release);
    const { parent, dialect, to } = this.messages;
    this.original = parent.region.bytes.slice(0, to);
    this.source = new CountedSource(this.original.slice(), 0);
    this.requestCheck = new RequestCheck(dialect.layout, dialect.era, dialect.strings);
    parent.close();
  }
}

let made: readonly Copy[] | undefined;

function copies(): readonly Copy[] {
  made ??= LAYOUTS.map(({ releases }) => new Copy(releases[0]!));
  return made;
}

/** The decoders of what a server sends, in bytes that others have written to. */
export const WIRE: FuzzTarget = {
  name: "wire",
  prepare: () => void copies(),
  make: (random) => makeDamage(random, LAYOUTS.length),
  check(input) {
    const program = new ProgramReader(input);
    const copy = copies()[program.u8() % LAYOUTS.length]!;
    copy.source.bytes.set(copy.original);
    while (!program.done) doDamage(copy.source.view, copy.messages, program);
    return decode(copy);
  },
};

function decode(copy: Copy): string {
  const { source } = copy;
  const damaged = source.bytes.slice();
  const refusals = new Set<string>();
  source.read.bytes = 0;
  for (const decoder of copy.messages.decoders(source)) {
    const code = refusalOf(decoder);
    if (code !== undefined) refusals.add(code);
  }
  checkRequest(copy);
  ok(source.read.bytes <= MOST_READ * damaged.length, `${source.read.bytes} bytes were read`);
  strictEqual(Buffer.compare(source.bytes, damaged), 0, "a decoder has written to the region");
  return refusals.size === 0 ? "decoded" : `refused: ${[...refusals].sort().join(", ")}`;
}

function refusalOf(decoder: () => void): string | undefined {
  try {
    decoder();
    return undefined;
  } catch (error) {
    if (!(error instanceof StubError)) throw error;
    ok(REFUSALS.includes(error.code), String(error.stack));
    return error.code;
  }
}

/** It catches whatever is thrown: what it says must come from us. */
function checkRequest({ messages, requestCheck, source }: Copy): void {
  const found = requestCheck.contradiction(new WireReader(source), messages.batchHandle, MODEL);
  ok(!/bounds of the DataView|length|undefined/.test(found?.sentence ?? ""), found?.sentence);
}
