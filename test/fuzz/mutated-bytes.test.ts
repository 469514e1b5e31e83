import fc from "fast-check";
import { messageOf, StubError } from "../../host/errors.js";
import { LAYOUTS } from "../../host/wire/layouts/index.js";
import { CountedSource } from "../support/region/counted-source.js";
import { EveryMessage, hostileWords, MOST_READ } from "../support/region/every-message.js";
import { closeRegions } from "../support/region/parent-region.js";

/** `npm run fuzz -- --target wire` does the same for as long as one likes. */
const RUNS = 3_000;

afterEach(closeRegions);

/** A region that a test damages, decodes and restores. */
class Victim extends EveryMessage {
  readonly outcomes = { decoded: 0, refused: 0 };
  private readonly original: Uint8Array;
  private readonly source: CountedSource;

  constructor(release: string) {
    super(release);
    const { bytes, base } = this.parent.region;
    this.original = bytes.slice(0, this.to);
    this.source = new CountedSource(bytes, base);
    expect(this.decode()).toBeUndefined();
    this.outcomes.decoded = 0;
  }

  /**
   * Damages the region, decodes everything, and restores the region.
   * @returns errors of the decoders that are not StubErrors
   */
  suffer(damage: (view: DataView) => void): unknown {
    damage(this.parent.region.view);
    const { read } = this.source;
    read.bytes = 0;
    const thrown = this.decode();
    this.parent.region.bytes.set(this.original);
    return read.bytes > MOST_READ * this.source.mappedBytes
      ? new Error(`${read.bytes} bytes were read`)
      : thrown;
  }

  private decode(): unknown {
    let failed = false;
    let wrong: unknown;
    for (const part of this.decoders(this.source)) {
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
}

describe.each(LAYOUTS.map(({ releases }) => releases[0]!))("release %s", (release) => {
  test("changed bytes and words are decoded or rejected, and no access leaves the region", () => {
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
      { numRuns: RUNS },
    );
    expect(victim.outcomes.decoded).toBeGreaterThan(50);
    expect(victim.outcomes.refused).toBeGreaterThan(50);
  });

  test("every handle of a batch, replaced by each hostile value, is followed or rejected", () => {
    const victim = new Victim(release);
    const targets = [...hostileWords(victim.handles[3]!, victim.parent.bytes)];
    for (const at of victim.handles) {
      // Each handle is also replaced by those of all other blocks: a tensor is read as a request, a text as a tensor.
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
