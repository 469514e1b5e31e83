import { type KnownModel, RequestCheck } from "../../host/release/request-check.js";
import { Dialect } from "../../host/wire/dialect.js";
import { type WireBytes, WireReader } from "../../host/wire/reader.js";
import { fixtureIndex, readRegion } from "../fixtures/fixture.js";
import { closeRegions, ParentRegion } from "../support/region/parent-region.js";
import { ServerSide } from "../support/region/server-side.js";

afterEach(closeRegions);

/** The first release of each variant, in classes whose requests have the same bytes. */
const CLASSES = [
  ["23.10"],
  ["23.11"],
  ["23.12"],
  ["24.03"],
  ["24.04"],
  ["24.06", "24.08", "24.10", "25.02", "25.04", "26.03"],
];
const VARIANTS = CLASSES.flat();
/** Releases that only the markers distinguish. */
const SAME_REQUESTS = CLASSES.filter((members) => members.length > 1);

function classOf(release: string): readonly string[] {
  const first = VARIANTS.filter((variant) => variant <= release).at(-1);
  return CLASSES.find((members) => members.includes(first ?? ""))!;
}

/** The contradiction that a stub finds in an ExecuteRequest when it assumes `release`. */
function contradiction(
  source: WireBytes,
  message: number,
  release: string,
  model: KnownModel,
): string | undefined {
  const { layout, era, strings, message: codec } = new Dialect(release);
  const reader = new WireReader(source);
  return new RequestCheck(layout, era, strings).contradiction(
    reader,
    codec.decode(reader, message).args,
    model,
  )?.sentence;
}

const MODEL = { name: "model", version: "1", decoupled: false };

/** An ExecuteRequest as a server of `release` writes it. */
function written(release: string, { decoupled }: KnownModel) {
  const parent = new ParentRegion({ release });
  const server = new ServerSide(parent);
  const tensor = { name: "INPUT0", datatype: 11, shape: [2n], data: new Uint8Array(8) };
  const wantsFactory = decoupled || release >= "24.06";
  const request = server.request({
    inputs: [tensor],
    outputs: ["OUTPUT0"],
    responseFactory: wantsFactory ? 0x7f00_0000_0010n : 0n,
  });
  return {
    source: parent.region,
    message: server.message("ExecuteRequest", server.batch([request])),
  };
}

const pairs = VARIANTS.flatMap((spoken) =>
  VARIANTS.map((believed) => [spoken, believed, classOf(spoken).includes(believed)] as const),
);

describe("the first request shows whether the server is of the assumed release", () => {
  test.each(pairs)("a request of %s, read as one of %s: fits = %s", (spoken, believed, fits) => {
    const { source, message } = written(spoken, MODEL);
    const seen = contradiction(source, message, believed, MODEL);
    if (fits) expect(seen).toBeUndefined();
    else expect(seen).toEqual(expect.any(String));
  });

  test.each(VARIANTS)("of a decoupled model in %s, too", (release) => {
    const model = { ...MODEL, decoupled: true };
    const { source, message } = written(release, model);
    expect(contradiction(source, message, release, model)).toBeUndefined();
  });

  const requests = fixtureIndex().fixtures.filter(({ command }) => command === "ExecuteRequest");

  test.each(requests.map((fixture) => [fixture.file, fixture] as const))(
    "with the bytes of a real server: %s",
    (_file, fixture) => {
      const bytes = readRegion(fixture);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const source = { bytes, view, mappedBytes: bytes.length };
      const model = { name: "scripted", version: "1", decoupled: false };
      const fitting = VARIANTS.filter(
        (release) => contradiction(source, fixture.message, release, model) === undefined,
      );
      expect(fitting).toEqual(classOf(fixture.release));
    },
  );

  test("the releases that it cannot tell apart are known: only the markers of the library distinguish them", () => {
    expect(SAME_REQUESTS).toEqual([["24.06", "24.08", "24.10", "25.02", "25.04", "26.03"]]);
  });

  test.each([
    [{ name: "other" }, "expected a request for model other, found model"],
    [{ version: "2" }, "expected a request for version 2, found 1"],
    [{ decoupled: true }, "expected a response factory: one, found none"],
  ])("a request that is not for the loaded model does not fit: %j", (change, sentence) => {
    const { source, message } = written("23.12", MODEL);
    expect(contradiction(source, message, "23.12", { ...MODEL, ...change })).toBe(sentence);
  });

  test("a batch without a valid handle of a request is a contradiction, not a crash", () => {
    const { source } = written("23.12", MODEL);
    const parent = new ParentRegion({ release: "23.12" });
    const message = new ServerSide(parent).message("ExecuteRequest", source.mappedBytes - 8);
    expect(contradiction(parent.region, message, "23.12", MODEL)).toMatch(/outside|invalid handle/);
  });
});
