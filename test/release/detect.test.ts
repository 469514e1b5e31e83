import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeModelFile, openModelFile } from "../../host/guest/model-file.js";
import type { OpenedFile } from "../../host/opened-file.js";
import { detectRelease, RELEASE_FILE, RELEASE_VARIABLE } from "../../host/release/detect.js";
import { LIBRARY, variantOf } from "../../host/release/library.js";
import { NEWEST_VARIANT } from "../../host/release/markers.js";
import { libraryOf } from "./library-bytes.js";

const VARIABLES = [RELEASE_VARIABLE, "NVIDIA_TRITON_SERVER_VERSION", "TRITON_SERVER_VERSION"];

describe("detection of the server's release", () => {
  let folder: string;
  const before = VARIABLES.map((name) => [name, process.env[name]] as const);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "a release "));
    for (const name of VARIABLES) delete process.env[name];
  });

  const files: OpenedFile[] = [];

  afterEach(() => {
    for (const file of files.splice(0)) closeModelFile(file);
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

  /** Files as the guard opens them. */
  const opened = (path: string): OpenedFile => {
    const file = openModelFile(path);
    files.push(file);
    return file;
  };
  const detect = (backendFolder: string, mapped?: string) => {
    const folders = [backendFolder, join(backendFolder, "..", "python")];
    if (mapped !== undefined) folders.unshift(mapped);
    const libraries = folders.map((path) => opened(join(path, LIBRARY)));
    return detectRelease(libraries, [opened(join(folder, "TRITON_VERSION"))], folder);
  };
  const releaseIn = (backendFolder: string) => detect(backendFolder).release;

  test("the library may be in the stub's own folder", () => {
    expect(releaseIn(backend("python", libraryOf("23.11")))).toBe("23.11");
  });

  test("the library may be in the folder python beside it", () => {
    backend("python", libraryOf("24.03"));
    expect(releaseIn(backend("wasm"))).toBe("24.03");
  });

  test("the file that the server has mapped counts, and not those in the folders", () => {
    const mapped = backend("else where", libraryOf("24.04"));
    const backendFolder = backend("python", libraryOf("23.10"));
    expect(detect(backendFolder, mapped).release).toBe("24.04");
  });

  test("the file beside the program makes the release more exact, the variable overrules it", () => {
    const backendFolder = backend("python", libraryOf("23.12"));
    writeFileSync(join(folder, RELEASE_FILE), "24.01\n");
    expect(detect(backendFolder)).toMatchObject({ release: "24.01" });
    process.env[RELEASE_VARIABLE] = "24.02";
    expect(detect(backendFolder)).toMatchObject({ release: "24.02" });
    process.env[RELEASE_VARIABLE] = "";
    expect(detect(backendFolder)).toMatchObject({ release: "24.01" });
  });

  test.each(["24.4", "24.13", "latest", "24.04.1"])(
    "'%s' set by hand is rejected, and the error names its source and the right form",
    (release) => {
      const backendFolder = backend("python", libraryOf("23.11"));
      writeFileSync(join(folder, RELEASE_FILE), release);
      expect(() => detect(backendFolder)).toThrow(
        `${join(folder, RELEASE_FILE)} says '${release}', which is not a Triton release: use YY.MM`,
      );
      process.env[RELEASE_VARIABLE] = release;
      expect(() => detect(backendFolder)).toThrow(`${RELEASE_VARIABLE} says '${release}'`);
    },
  );

  test("finding 14: a release set by hand is confirmed by a library of its variant, rejected with another library, and accepted without one", () => {
    process.env[RELEASE_VARIABLE] = "24.07";
    const confirmed = { release: "24.07", confirmed: true };
    expect(detect(backend("python", libraryOf("24.06")))).toEqual(confirmed);
    const other = backend("python", libraryOf("24.10"));
    expect(() => detect(other)).toThrow(
      `${RELEASE_VARIABLE} says Triton 24.07, but the server runs ${join(other, LIBRARY)}, which belongs to Triton 24.10: remove ${RELEASE_VARIABLE}`,
    );
    rmSync(join(folder, "backends"), { recursive: true });
    expect(detect(backend("wasm"))).toEqual({ ...confirmed, confirmed: false });
  });

  test("a file that is not the library is skipped", () => {
    backend("python", libraryOf("23.12"));
    expect(releaseIn(backend("wasm", Buffer.from("something else")))).toBe("23.12");
  });

  test("without a library the error names the tried files, and the ways to set the release", () => {
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

  test("the file TRITON_VERSION in the server's folder makes the release more exact", () => {
    writeFileSync(join(folder, "TRITON_VERSION"), "2.50.0\n");
    expect(detect(backend("python", libraryOf("24.08")))).toEqual({
      release: "24.09",
      confirmed: true,
    });
  });

  test("if text and library disagree, the library wins, and the log reports that", () => {
    process.env.NVIDIA_TRITON_SERVER_VERSION = "25.01";
    expect(detect(backend("python", libraryOf("24.04")))).toEqual({
      release: "24.04",
      confirmed: true,
      notice: {
        warning: true,
        text: "the server's installation says Triton 25.01, but its libtriton_python.so belongs to 24.04: treating the server as Triton 24.04",
      },
    });
  });

  test("the log reports release 23.11, which was not tested with a real server", () => {
    expect(detect(backend("python", libraryOf("23.11")))).toEqual({
      release: "23.11",
      confirmed: true,
      notice: { warning: false, text: expect.stringContaining("never tested with a real server") },
    });
  });

  test.each(["23.12", "24.10", "25.02", "25.04", "26.03"])(
    "release %s, whose wire format was tested, has no line in the log",
    (release) => {
      expect(detect(backend("python", libraryOf(release)))).toEqual({ release, confirmed: true });
    },
  );

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
        notice: { warning: true, text: expect.stringContaining("treating it as Triton 26.07") },
      });
    },
  );

  test("a newer version text does not hide an older library", () => {
    process.env.NVIDIA_TRITON_SERVER_VERSION = "27.01";
    expect(releaseIn(backend("python", libraryOf("24.10")))).toBe("24.10");
  });

  test.each(["23.06", "23.07", "23.08"])("the library of %s is rejected", (release) => {
    const variant = variantOf(libraryOf(release))!;
    expect(() => detect(backend("python", libraryOf(release)))).toThrow(
      `Triton release ${variant} is not supported`,
    );
  });
});
