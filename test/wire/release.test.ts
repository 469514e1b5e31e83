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
import { detectRelease, RELEASE_FILE, RELEASE_VARIABLE } from "../../host/wire/release/detect.js";
import { variantOf } from "../../host/wire/release/library.js";
import { LIBRARY_MARKER, MARKERS, NEWEST_VARIANT } from "../../host/wire/release/markers.js";
import { layoutOfRelease } from "../../host/wire/release/supported.js";

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

const VARIABLES = [RELEASE_VARIABLE, "NVIDIA_TRITON_SERVER_VERSION", "TRITON_SERVER_VERSION"];

describe("finding out the release of the server", () => {
  let folder: string;
  const before = VARIABLES.map((name) => [name, process.env[name]] as const);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "a release "));
    for (const name of VARIABLES) delete process.env[name];
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  function backend(name: string, bytes?: Buffer): string {
    const path = join(folder, "backends", name);
    mkdirSync(path, { recursive: true });
    if (bytes !== undefined) writeFileSync(join(path, LIBRARY), bytes);
    return path;
  }

  const detect = (backendFolder: string, pid = NO_PID) =>
    detectRelease({ pid, backendFolder }, folder);
  const releaseIn = (backendFolder: string) => detect(backendFolder).release;

  test("its library is in the stub's own folder", () => {
    expect(releaseIn(backend("python", libraryOf("23.11")))).toBe("23.11");
  });

  test("or in the folder python beside that", () => {
    backend("python", libraryOf("24.03"));
    expect(releaseIn(backend("wasm"))).toBe("24.03");
  });

  test("the file that the server has mapped counts, whatever lies in the folders", () => {
    const mapped = join(backend("else where", libraryOf("24.04")), LIBRARY);
    const fd = openSync(mapped, "r+");
    ftruncateSync(fd, 65_536);
    const memory = createRegionMemory();
    const { base } = Region.attach({ memory, fd, mappedBytes: 0 });
    mapOver(base, fd, 0, 65_536);
    closeSync(fd);
    const backendFolder = backend("python", libraryOf("23.10"));
    try {
      expect(detect(backendFolder, process.pid).release).toBe("24.04");
    } finally {
      rmSync(mapped);
    }
    // Kept reachable until here: without the memory the mapping is gone.
    expect(memory.buffer.byteLength).toBeGreaterThan(0);
  });

  test("the file beside the program overrules what the libraries say, the variable overrules both", () => {
    const backendFolder = backend("python", libraryOf("23.11"));
    writeFileSync(join(folder, RELEASE_FILE), "24.03\n");
    expect(detect(backendFolder)).toMatchObject({ release: "24.03" });
    process.env[RELEASE_VARIABLE] = "24.05";
    expect(detect(backendFolder)).toMatchObject({ release: "24.05" });
    process.env[RELEASE_VARIABLE] = "";
    expect(detect(backendFolder)).toMatchObject({ release: "24.03" });
  });

  test.each(["24.4", "24.13", "latest", "24.04.1"])(
    "'%s' given by hand is refused, naming where it stands and what to write",
    (release) => {
      const backendFolder = backend("python", libraryOf("23.11"));
      writeFileSync(join(folder, RELEASE_FILE), release);
      expect(() => detect(backendFolder)).toThrow(
        `${join(folder, RELEASE_FILE)} says '${release}', which is no release of Triton: write YY.MM`,
      );
      process.env[RELEASE_VARIABLE] = release;
      expect(() => detect(backendFolder)).toThrow(`${RELEASE_VARIABLE} says '${release}'`);
    },
  );

  test("a release by hand is confirmed by a library of its variant, contested by another, and neither without one", () => {
    process.env[RELEASE_VARIABLE] = "24.07";
    const confirmed = { release: "24.07", confirmed: true };
    expect(detect(backend("python", libraryOf("24.06")))).toEqual(confirmed);
    expect(detect(backend("python", libraryOf("24.10")))).toEqual({
      release: "24.07",
      confirmed: false,
      notice: {
        warning: true,
        text: `${RELEASE_VARIABLE} says Triton 24.07, but the server's libtriton_python.so is that of 24.10: speaking 24.07 as told`,
      },
    });
    rmSync(join(folder, "backends"), { recursive: true });
    expect(detect(backend("wasm"))).toEqual({ ...confirmed, confirmed: false });
  });

  test("a file that is not the library is passed over for the next", () => {
    backend("python", libraryOf("23.12"));
    expect(releaseIn(backend("wasm", Buffer.from("something else")))).toBe("23.12");
  });

  test("without a library the error names the files tried and the ways to say the release", () => {
    const backendFolder = backend("wasm", Buffer.from("something else"));
    expect(() => detect(backendFolder)).toThrow(
      expect.objectContaining({
        code: "ERR_RELEASE_UNKNOWN",
        message: expect.stringContaining(
          `${join(backendFolder, LIBRARY)} (not python_backend's library)`,
        ),
      }),
    );
    expect(() => detect(backendFolder)).toThrow(`Set ${RELEASE_VARIABLE}=YY.MM`);
  });

  test.each([
    ["NVIDIA_TRITON_SERVER_VERSION", "24.07"],
    ["TRITON_SERVER_VERSION", "2.48.0"],
  ])("%s makes the release more exact", (name, value) => {
    process.env[name] = value;
    expect(detect(backend("python", libraryOf("24.06")))).toEqual({
      release: "24.07",
      confirmed: true,
    });
  });

  test("so does the file TRITON_VERSION in the server's folder", () => {
    writeFileSync(join(folder, "TRITON_VERSION"), "2.50.0\n");
    expect(detect(backend("python", libraryOf("24.08")))).toEqual({
      release: "24.09",
      confirmed: true,
    });
  });

  test("where text and library disagree, the library wins and the log says so", () => {
    process.env.NVIDIA_TRITON_SERVER_VERSION = "25.01";
    expect(detect(backend("python", libraryOf("24.04")))).toEqual({
      release: "24.04",
      confirmed: true,
      notice: {
        warning: true,
        text: "the server's installation says Triton 25.01, but its libtriton_python.so is that of 24.04: speaking 24.04",
      },
    });
  });

  test.each(["23.11", "25.02", "25.04", "26.03"])(
    "release %s, of which there is no server to test with, is named as not proven",
    (release) => {
      expect(detect(backend("python", libraryOf(release)))).toEqual({
        release,
        confirmed: true,
        notice: { warning: false, text: expect.stringContaining("not proven on a real server") },
      });
    },
  );

  test("24.12 is not proven, though it speaks as 24.10 does", () => {
    process.env.NVIDIA_TRITON_SERVER_VERSION = "24.12";
    expect(detect(backend("python", libraryOf("24.10")))).toMatchObject({
      release: "24.12",
      notice: { warning: false },
    });
  });

  test.each([
    ["NVIDIA_TRITON_SERVER_VERSION", "27.01"],
    ["TRITON_SERVER_VERSION", "2.99.0"],
    [RELEASE_VARIABLE, "26.08"],
  ])(
    "a release newer than all known, said by %s, is spoken to as the newest, with a warning",
    (name, value) => {
      process.env[name] = value;
      expect(detect(backend("python", libraryOf(NEWEST_VARIANT)))).toEqual({
        release: "26.07",
        confirmed: true,
        notice: { warning: true, text: expect.stringContaining("speaking 26.07") },
      });
    },
  );

  test("a newer name on an older library does not hide what the library is", () => {
    process.env.NVIDIA_TRITON_SERVER_VERSION = "27.01";
    expect(releaseIn(backend("python", libraryOf("24.10")))).toBe("24.10");
  });

  test.each(["23.06", "23.07", "23.08"])("the library of %s is refused", (release) => {
    const variant = variantOf(libraryOf(release))!;
    expect(() => detect(backend("python", libraryOf(release)))).toThrow(
      `Triton release ${variant} is not supported`,
    );
  });
});
