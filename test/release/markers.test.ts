import { variantOf } from "../../host/release/library.js";
import { LIBRARY_MARKER, MARKERS, NEWEST_VARIANT } from "../../host/release/markers.js";
import { LAYOUTS } from "../../host/wire/layouts/index.js";
import { layoutOfRelease } from "../../host/wire/supported.js";
import { library, libraryOf } from "./library-bytes.js";

const OLDEST_REFUSED = ["23.06", "23.07", "23.08", "23.09"];
const NEWEST_REFUSED = ["26.08", "27.01"];

const variants = [...MARKERS.map(({ variant }) => variant), NEWEST_VARIANT];

test.each(variants)("the library of variant %s is recognised by its content", (variant) => {
  expect(variantOf(libraryOf(variant))).toBe(variant);
});

test.each(MARKERS.map((marker) => [marker.variant, marker] as const))(
  "the marker of variant %s alone decides in a library that otherwise has the content of the newest variant",
  (variant, { api, text, present }) => {
    const others = MARKERS.flatMap((other) =>
      other.api === undefined || other.api === api ? [] : [other.api],
    );
    const texts = MARKERS.flatMap((other) => {
      if (other.text === undefined) return [];
      return other.text === text
        ? present
          ? [other.text]
          : []
        : other.present
          ? []
          : [other.text];
    });
    expect(variantOf(library(others, texts))).toBe(variant);
  },
);

test("each variant with a layout leads to its own layout", () => {
  for (const { releases } of LAYOUTS) {
    expect(variants).toContain(releases[0]);
    expect(layoutOfRelease(variantOf(libraryOf(releases[0]!))!).releases).toEqual(releases);
  }
  for (const variant of variants.filter((variant) => variant >= "23.10")) {
    expect(layoutOfRelease(variant).releases).toContain(variant);
  }
});

test("an API name inside a longer one does not count", () => {
  const longer = MARKERS.flatMap(({ api }) => (api === undefined ? [] : [`${api}Extended`]));
  expect(variantOf(library(longer))).toBe("23.06");
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["noise", Buffer.alloc(100_000, 0x5a)],
  ["another library", Buffer.from("\0TRITONBACKEND_Initialize\0TRITONBACKEND_RequestTrace\0")],
  ["a longer name only", Buffer.from(`\0${LIBRARY_MARKER}WithMore\0`)],
])("%s is not taken for python_backend's library of the oldest release", (_what, bytes) => {
  expect(variantOf(bytes)).toBeUndefined();
});

test.each(LAYOUTS.flatMap(({ releases }) => releases))("release %s is supported", (release) => {
  expect(layoutOfRelease(release).releases).toContain(release);
});

test.each([...OLDEST_REFUSED, ...NEWEST_REFUSED, "", "24.4", "latest", "constructor"])(
  "release '%s' is rejected with its name and the supported range",
  (release) => {
    expect(() => layoutOfRelease(release)).toThrow(
      expect.objectContaining({
        code: "ERR_RELEASE_UNSUPPORTED",
        message: expect.stringContaining(`Triton release ${release} is not supported`),
      }),
    );
    expect(() => layoutOfRelease(release)).toThrow("supports 23.10 to 26.07");
  },
);
