/**
 * Looks at an executor's notes until it is at the moment that a kill aims at. Then stops it, looks again, and kills it if it is still there.
 * Usage: node sampler.js '{"aim": …, "pid": …, …}', a {@link SampleOptions}. Prints "hit" or "missed".
 */
import { openSync, readFileSync, readSync } from "node:fs";
import type { Handle } from "../../../host/numbers.js";
import { objectAt } from "../../../host/shm/ownership.js";
import { CALL_RECORD_STATE_AT, CALL_STATE } from "../../../host/stub/calls/call-record.js";
import { FIELDS, OPEN_STATE, PUSH, placesOf } from "../../../host/stub/shared/mapping-table.js";
import { queueLayout, readControl } from "../../../host/wire/control.js";
import { WireReader } from "../../../host/wire/reader.js";
import { layoutOfRelease } from "../../../host/wire/supported.js";
import type { SampledAim, SampleOptions } from "./sampled-aims.js";

const places = placesOf(FIELDS);
const AFTER_ANSWER: ReadonlySet<number> = new Set([
  CALL_STATE.acknowledging,
  CALL_STATE.ended,
  CALL_STATE.done,
]);
const STOPPED = /\) [Tt] /;
const ENDED = /\) [ZX] /;

class Sampler {
  private readonly mapping: number;
  private readonly region: number;
  private readonly stat: number;
  private readonly bytes = Buffer.alloc(4_096);
  private readonly heads: ReadonlyMap<number, number>;

  constructor(private readonly options: SampleOptions) {
    const { mapping, region, pid, control, release } = options;
    this.mapping = openSync(mapping, "r");
    this.region = openSync(region, "r");
    this.stat = openSync(`/proc/${pid}/stat`, "r");
    const content = readFileSync(region);
    const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
    const reader = new WireReader({ view, bytes: content, mappedBytes: content.length });
    const layout = layoutOfRelease(release);
    const { parentMessageQueue, stubToParentQueue } = readControl(reader, layout, control);
    const { head } = queueLayout(layout);
    this.heads = new Map([
      [PUSH.answers, objectAt(parentMessageQueue) + head],
      [PUSH.side, objectAt(stubToParentQueue) + head],
    ]);
  }

  /** Whether the executor was killed at the moment that is aimed at. */
  hunt(): boolean {
    const { pid, aim, patienceMs } = this.options;
    const end = performance.now() + patienceMs;
    while (performance.now() < end) {
      if (!this.isAt(aim)) continue;
      process.kill(pid, "SIGSTOP");
      if (!this.isStopped()) return false;
      if (this.isAt(aim)) {
        process.kill(pid, "SIGKILL");
        return true;
      }
      process.kill(pid, "SIGCONT");
    }
    return false;
  }

  private isStopped(): boolean {
    for (;;) {
      const length = readSync(this.stat, this.bytes, 0, 512, 0);
      const state = this.bytes.toString("latin1", 0, length);
      if (STOPPED.test(state)) return true;
      if (length === 0 || ENDED.test(state)) return false;
    }
  }

  private isAt(aim: SampledAim): boolean {
    switch (aim) {
      case "push":
        return this.word("push") !== PUSH.none;
      case "handed over":
        return this.isHandedOver();
      case "call handed over":
        return this.isHandedOver() && this.effects().some(([place]) => isIn("calls", place));
      case "last response handed over":
        return (
          this.isHandedOver() &&
          this.effects().some(
            ([place, value]) => isIn("open_requests", place) && value !== OPEN_STATE.open,
          )
        );
      case "answer of a call":
        return this.calls().some((state) => AFTER_ANSWER.has(state));
      case "streamed response":
        return this.word("streamed_message") !== 0;
    }
  }

  private isHandedOver(): boolean {
    const headAt = this.heads.get(this.word("push"));
    return headAt !== undefined && this.read(this.region, headAt) !== this.word("push_head");
  }

  /** The words that the push changes: place and value. */
  private effects(): [place: number, value: number][] {
    const from = places.get("push_effects")!.offset;
    return Array.from({ length: this.word("push_effect_count") }, (_, index) => [
      this.read(this.mapping, from + 8 * index),
      this.read(this.mapping, from + 8 * index + 4),
    ]);
  }

  /** The states of the calls that the server has. */
  private calls(): number[] {
    const { offset, bytes } = places.get("calls")!;
    readSync(this.mapping, this.bytes, 0, bytes, offset);
    const words = Array.from({ length: bytes / 4 }, (_, index) =>
      this.bytes.readUInt32LE(4 * index),
    );
    return words
      .filter((word) => word !== 0)
      .map((word) =>
        this.read(this.region, objectAt((word & ~1) as Handle) + CALL_RECORD_STATE_AT),
      );
  }

  private word(field: string): number {
    return this.read(this.mapping, places.get(field)!.offset);
  }

  private read(file: number, at: number): number {
    readSync(file, this.bytes, 0, 4, at);
    return this.bytes.readUInt32LE();
  }
}

function isIn(field: string, place: number): boolean {
  const { offset, bytes } = places.get(field)!;
  return place >= offset && place < offset + bytes;
}

let hit = false;
try {
  hit = new Sampler(JSON.parse(process.argv[2]!)).hunt();
} catch (error) {
  // The executor or its guard has just ended.
  const { code = "" } = error as NodeJS.ErrnoException;
  if (!["ESRCH", "ENOENT"].includes(code)) throw error;
}
console.log(hit ? "hit" : "missed");
