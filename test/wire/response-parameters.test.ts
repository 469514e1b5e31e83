import { afterEach, describe, expect, test } from "@jest/globals";
import type { Handle } from "../../host/numbers.js";
import { objectAt } from "../../host/shm/ownership.js";
import { ResponseDraft } from "../../host/stub/batch/response-draft.js";
import { Dialect } from "../../host/wire/dialect.js";
import { LAYOUTS } from "../../host/wire/layouts/index.js";
import type { ResponseCodec } from "../../host/wire/records/response.js";
import { closeRegions, ParentRegion } from "../support/region/parent-region.js";

afterEach(closeRegions);

const OLDEST = "25.02";

function encode(action: (codec: ResponseCodec, parent: ParentRegion) => Handle) {
  const { response: codec, strings } = new Dialect(OLDEST);
  const parent = new ParentRegion({ release: OLDEST }).soil();
  parent.heap.lock();
  const object = objectAt(action(codec, parent));
  parent.heap.unlock();
  return { codec, object, strings, reader: parent.reader };
}

describe("response parameters", () => {
  test("are a JSON object before the error in releases that have them", () => {
    const { codec, object, strings, reader } = encode((codec, { writer }) =>
      codec.encodeLocked(writer, 2, '{"param1":42}'),
    );
    expect(codec.carriesParameters).toBe(true);
    expect(reader.u32(object, 0)).toBe(2);
    expect(strings.read(reader, object, 8)).toBe('{"param1":42}');
    expect(reader.u64(object, 16)).toBe(0);
  });

  test("are missing in an error", () => {
    const { object, reader } = encode((codec, { writer }) =>
      codec.encodeErrorLocked(writer, 3, "wrong"),
    );
    expect(reader.u64(object, 8)).toBe(0);
    expect(reader.u8(object, 24)).toBe(1);
  });

  test.each(LAYOUTS)("exist from 25.02 on: $releases", (layout) => {
    const [release] = layout.releases;
    expect(new Dialect(release!).response.carriesParameters).toBe(release! >= OLDEST);
  });

  test("keep 64-bit integers, booleans and all texts unchanged; the last value of a key wins", () => {
    const draft = new ResponseDraft();
    draft.setParameter("text", 'a "quoted"\nline');
    draft.setParameter("flag", true);
    draft.setParameter("number", 1n);
    draft.setParameter("number", -(2n ** 63n));
    expect(draft.parametersJson()).toBe(
      '{"text":"a \\"quoted\\"\\nline","flag":true,"number":-9223372036854775808}',
    );
    draft.reset(0);
    expect(draft.parametersJson()).toBe("{}");
  });
});
