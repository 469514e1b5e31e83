import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mapOver } from "../../host/libc/shm.js";
import { createRegionMemory, Region } from "../../host/shm/region.js";
import { LAYOUTS } from "../../host/wire/layouts/index.js";
import {
  detectRelease,
  layoutOfRelease,
  RELEASE_VARIABLE,
  variantOf,
} from "../../host/wire/release/detect.js";
import { LIBRARY_MARKER, MARKERS, NEWEST_VARIANT } from "../../host/wire/release/markers.js";

const LIBRARY = "libtriton_python.so";
const OLDEST_REFUSED = ["23.06", "23.07", "23.08", "23.09"];
const NEWEST_REFUSED = ["26.08", "27.01"];
/** No process has it: above the kernel's largest. */
const NO_PID = 2 ** 22 + 1;

/** The bytes of a library: API names between NULs as in a string table, texts as in read-only data. */
function library(apis: readonly string[], texts: readonly string[] = []): Buffer {
  const table = [...apis, LIBRARY_MARKER, "TRITONBACKEND_InputBuffer"].join("\0");
  const noise = Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 131) & 0xff));
  return Buffer.concat([
    noise,
    Buffer.from(`\0${table}\0`),
    noise,
    Buffer.from(texts.join("\0\0")),
  ]);
}

/** What the library of a variant has in it: a marker that came later is missing, a text that went later is there. */
function libraryOf(variant: string): Buffer {
  const apis: string[] = [];
  const texts: string[] = [];
  for (const marker of MARKERS) {
    const isLater = variant > marker.variant;
    const has = marker.present ? !isLater : isLater;
    if (!has) continue;
    if (marker.api === undefined) texts.push(`error: ${marker.text} (and more)`);
    else apis.push(marker.api);
  }
  return library(apis, texts);
}

const variants = [...MARKERS.map(({ variant }) => variant), NEWEST_VARIANT];

test.each(variants)("the library of variant %s is recognised by what is in it", (variant) => {
  expect(variantOf(libraryOf(variant))).toBe(variant);
});

test.each(MARKERS.map((marker) => [marker.variant, marker] as const))(
  "the marker of variant %s decides alone in a library that has all the rest of the newest",
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

test("every variant that has a layout leads to its own layout", () => {
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
  "release '%s' is refused with its name and the supported range",
  (release) => {
    expect(() => layoutOfRelease(release)).toThrow(
      expect.objectContaining({
        code: "ERR_RELEASE_UNSUPPORTED",
        message: expect.stringContaining(`Triton release ${release} is not supported`),
      }),
    );
    expect(() => layoutOfRelease(release)).toThrow("speaks 23.10 to 26.07");
  },
);

describe("finding the library of the server", () => {
  let folder: string;
  const before = process.env[RELEASE_VARIABLE];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "release-"));
    delete process.env[RELEASE_VARIABLE];
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env[RELEASE_VARIABLE];
    else process.env[RELEASE_VARIABLE] = before;
  });

  function backend(name: string, bytes?: Buffer): string {
    const path = join(folder, name);
    mkdirSync(path);
    if (bytes !== undefined) writeFileSync(join(path, LIBRARY), bytes);
    return path;
  }

  test("it is in the stub's own folder", () => {
    const backendFolder = backend("python", libraryOf("23.11"));
    expect(detectRelease({ pid: NO_PID, backendFolder })).toBe("23.11");
  });

  test("or in the folder python beside that", () => {
    backend("python", libraryOf("24.03"));
    expect(detectRelease({ pid: NO_PID, backendFolder: backend("wasm") })).toBe("24.03");
  });

  test("the file that the server has mapped counts, whatever lies in the folders", () => {
    const mapped = join(backend("elsewhere", libraryOf("24.04")), LIBRARY);
    const fd = openSync(mapped, "r+");
    ftruncateSync(fd, 65_536);
    const memory = createRegionMemory();
    const { base } = Region.attach({ memory, fd, mappedBytes: 0 });
    mapOver(base, fd, 0, 65_536);
    closeSync(fd);
    const backendFolder = backend("python", libraryOf("23.10"));
    try {
      expect(detectRelease({ pid: process.pid, backendFolder })).toBe("24.04");
    } finally {
      rmSync(mapped);
    }
    // Kept reachable until here: without the memory the mapping is gone.
    expect(memory.buffer.byteLength).toBeGreaterThan(0);
  });

  test("the environment variable overrules what the files say", () => {
    const backendFolder = backend("python", libraryOf("23.11"));
    process.env[RELEASE_VARIABLE] = "24.05";
    expect(detectRelease({ pid: NO_PID, backendFolder })).toBe("24.05");
    process.env[RELEASE_VARIABLE] = "";
    expect(detectRelease({ pid: NO_PID, backendFolder })).toBe("23.11");
  });

  test("a file that is not the library is passed over for the next", () => {
    backend("python", libraryOf("23.12"));
    const backendFolder = backend("wasm", Buffer.from("something else"));
    expect(detectRelease({ pid: NO_PID, backendFolder })).toBe("23.12");
  });

  test("without a library the error names the files tried and the variable", () => {
    const backendFolder = backend("wasm", Buffer.from("something else"));
    const detect = () => detectRelease({ pid: NO_PID, backendFolder });
    expect(detect).toThrow(
      expect.objectContaining({
        code: "ERR_RELEASE_UNKNOWN",
        message: expect.stringContaining(
          `${join(backendFolder, LIBRARY)} (not python_backend's library)`,
        ),
      }),
    );
    expect(detect).toThrow(`Set ${RELEASE_VARIABLE}=YY.MM`);
  });
});
