import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { withServer } from "../support/triton/with-server.js";
import { identityModule, WASM_BACKEND } from "../support/wasm/guests.js";

const repository = new ModelRepository();
const input = floats("INPUT0", [1, 2]);

beforeAll(() => {
  for (const name of ["plain", "keeper"]) {
    repository.add(name, floatConfig("wasm"), { "model.wasm": identityModule() });
  }
});
afterAll(() => repository.remove());

/** A stock server of `release` in whose environment something is said of the release. */
const options = (release: string, env: Readonly<Record<string, string>> = {}) => ({
  release,
  modelRepository: repository.folder,
  backends: [WASM_BACKEND],
  env,
});

async function expectServed(server: TritonServer): Promise<void> {
  const { outputs } = await server.http.infer("plain", [input]);
  expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
}

test("finding 14: a variable that names another release than the server's library is of fails each load", async () => {
  await withServer(options("24.10", { TRITON_WASM_RELEASE: "24.08" }), async (server) => {
    for (let round = 0; round < 2; round++) {
      expect(await server.http.loadError("plain")).toMatch(
        /TRITON_WASM_RELEASE says Triton 24.08, but the server runs \S+\/libtriton_python\.so, which belongs to Triton 24.10: remove TRITON_WASM_RELEASE/,
      );
    }
  });
});

/** What a server of one release says to releases that the file `triton-release` names. */
interface WrongReleases {
  readonly release: string;
  /** Refused beside a library that can be read. */
  readonly contested: readonly string[];
  /** Refused when the model is loaded, where the library cannot be read: the release, and what was expected and seen. */
  readonly atLoad: readonly (readonly [given: string, sentence: string])[];
  /** The same, refused with each request. */
  readonly atRequest: readonly (readonly [given: string, sentence: string])[];
}

const WRONG: readonly WrongReleases[] = [
  {
    release: "23.12",
    contested: ["23.10", "24.03", "24.10", "26.08"],
    atLoad: [
      ["24.10", "expected a region whose name ends in a UUID, found"],
      ["26.08", "does not match Triton 26.07"],
    ],
    atRequest: [
      ["23.10", "expected a request"],
      ["24.03", "a request's trace has an invalid handle"],
    ],
  },
  {
    release: "24.04",
    contested: ["24.10"],
    atLoad: [],
    atRequest: [["24.10", "expected a response factory: one, found none"]],
  },
  {
    release: "24.06",
    contested: ["24.04"],
    atLoad: [["24.03", "expected a region whose name ends in a counter, found"]],
    atRequest: [["24.04", "expected a response factory: none, found one"]],
  },
  {
    release: "24.10",
    contested: ["24.05", "24.08", "25.02"],
    atLoad: [],
    atRequest: [["24.05", "expected a response factory: none, found one"]],
  },
];

describe.each(WRONG)("a server of $release", ({ release, contested, atLoad, atRequest }) => {
  let server: TritonServer;

  beforeAll(async () => {
    server = await TritonServer.start(options(release));
    // Keeps the library in the server when its file is gone.
    await server.http.load("keeper");
  });

  afterAll(async () => {
    expect(await server.http.live()).toBe(true);
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  });

  const file = () => join(server.folder, "backends", "wasm", "triton-release");

  test.each(contested)(
    "finding 14: is not taken for one of %s while its library can be read",
    async (given) => {
      writeFileSync(file(), `${given}\n`);
      expect(await server.http.loadError("plain")).toMatch(
        new RegExp(
          `${file()} says Triton ${given}, but .* belongs to Triton ${release}: remove ${file()}`,
        ),
      );
    },
  );

  test("serves the model when the file names its own release", async () => {
    writeFileSync(file(), `${release}\n`);
    await server.http.load("plain");
    await expectServed(server);
    await server.http.unload("plain");
  });

  describe("whose library cannot be read", () => {
    beforeAll(() => {
      const library = join(server.folder, "backends", "python", "libtriton_python.so");
      rmSync(library);
      // The server itself looks whether the file is there.
      writeFileSync(library, "something else");
    });

    test.each([["no release", ""] as const, ...atLoad])(
      "refuses the load with %s, and says what was expected and seen",
      async (given, sentence) => {
        if (sentence === "") rmSync(file());
        else writeFileSync(file(), given);
        expect(await server.http.loadError("plain")).toContain(
          sentence === "" ? "cannot detect the release of the Triton server" : sentence,
        );
      },
    );

    test.each(atRequest)(
      "refuses requests with %s, and nothing else happens",
      async (given, sentence) => {
        writeFileSync(file(), given);
        await server.http.load("plain");
        for (let round = 0; round < 2; round++) {
          const error = await server.http.inferError("plain", [input]);
          expect(error).toContain(`this server does not match Triton ${given}`);
          expect(error).toContain(sentence);
        }
        await server.http.unload("plain");
      },
    );

    test("serves the model with its own release", async () => {
      writeFileSync(file(), release);
      await server.http.load("plain");
      await expectServed(server);
    });
  });
});

test("24.10 speaks as 24.12, whose wire format is the same, and the log has no line about it", async () => {
  await withServer(options("24.10", { NVIDIA_TRITON_SERVER_VERSION: "24.12" }), async (server) => {
    await server.http.load("plain");
    await expectServed(server);
    expect(server.log()).not.toMatch(/real server/);
  });
});

test("an installation that names another release than its library is of gets a warning, and is served", async () => {
  await withServer(options("23.12", { TRITON_SERVER_VERSION: "2.51.0" }), async (server) => {
    await server.http.load("plain");
    await expectServed(server);
    await server.waitForLog(
      /^W.*says Triton 24\.10, but its libtriton_python\.so belongs to 23\.12/m,
    );
  });
});
