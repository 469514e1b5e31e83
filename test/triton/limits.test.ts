import { randomInt } from "node:crypto";
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { sideBySide } from "../support/triton/side-by-side.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { HANG_MS, until } from "../support/wait.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** Numbers of users that no system gives out. */
const FIRST_USER = 100_000;
const LAST_USER = 1_000_000;

const STUB = "triton_python_backend_stub";
/** Beside the guard: a command that sets a limit and becomes the one behind it. */
const LIMITED = "limited";
const LAUNCHER = `#!/bin/sh
folder="\${0%/*}"
read -r limited <"$folder/${LIMITED}"
exec $limited "$folder/guard" "$@"
`;
/** Root has as many processes as it likes, so here the guard is of another user, who may do with the server's files what root may. */
const RIGHTS = "+dac_override,+dac_read_search,+sys_ptrace,+kill";
const otherUser = (user: number) =>
  `setpriv --reuid=${user} --clear-groups --inh-caps=${RIGHTS} --ambient-caps=${RIGHTS}`;

/** After so many steps with which the model is served nothing is scarce any more. */
const SERVED = 2;
const MIB = 2 ** 20;
const powers = (...exponents: readonly number[]) =>
  exponents.map((exponent) => 2 ** exponent * MIB);

interface Sweep {
  readonly limit: string;
  /** Sets the limit to the value behind it. @param user who runs no other process: the system counts processes by their user */
  readonly command: (user: number) => string;
  /** From one with which the guard cannot even be loaded, or map the region, up to one with which the model is served. */
  readonly values: readonly number[];
}

/**
 * Left out are those between which Node waits for ever for threads that it could not make: each takes 120 s, for the guard that
 * completes the configuration and that of the instance end it after 60 s each. Three to six processes are such a limit.
 */
const SWEEPS: readonly Sweep[] = [
  {
    limit: "ulimit -n",
    command: () => "prlimit --nofile=",
    values: [4, 6, 8, 9, 10, 12, 16, 20, 24, 28, 29, 32, 40],
  },
  {
    limit: "ulimit -u",
    command: (user) => `${otherUser(user)} prlimit --nproc=`,
    values: [1, 2, 8, 9, 10],
  },
  {
    limit: "ulimit -d",
    command: () => "prlimit --data=",
    values: powers(-2, 0, 2, 6, 8, 10, 12, 13, 14),
  },
  {
    limit: "ulimit -v",
    command: () => "prlimit --as=",
    values: powers(3, 5, 8, 10, 12, 13, 14, 16, 17),
  },
];

/** What a load may say. */
const ERRORS =
  /Too many open files|Cannot allocate memory|executor ended 3 times before|executor was not ready|memory limits do not leave 4 GiB|a model needs .* did not provide/;

const input = floats("INPUT0", [1, 2, 3]);
const repository = new ModelRepository();
const source = mkdtempSync(join(tmpdir(), "backend-"));

beforeAll(() => {
  repository.add("model", floatConfig("wasm"), {
    "model.wasm": guest(`${COPY_ALL} (i32.const 0)`),
  });
  const backend = join(source, "wasm");
  cpSync(WASM_BACKEND, backend, { recursive: true });
  renameSync(join(backend, STUB), join(backend, "guard"));
  writeFileSync(join(backend, STUB), LAUNCHER);
  writeFileSync(join(backend, LIMITED), "");
  chmodSync(join(backend, STUB), 0o755);
});
afterAll(() => {
  repository.remove();
  rmSync(source, { recursive: true });
});

const RELEASES = ["23.12", "24.10"];
const servers = new Map<string, TritonServer>();

beforeAll(() =>
  sideBySide(RELEASES, async (release) => {
    const options = { modelRepository: repository.folder, backends: [join(source, "wasm")] };
    servers.set(release, await TritonServer.start({ release, ...options }));
  }),
);
afterAll(() =>
  sideBySide(RELEASES, async (release) => {
    const ended = await servers.get(release)?.stop();
    expect(ended).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  }),
);

/** @returns the error of a load, undefined when the model serves, "hangs" when nothing comes */
async function loadWith(server: TritonServer, limited: string): Promise<string | undefined> {
  writeFileSync(join(server.folder, "backends", "wasm", LIMITED), `${limited}\n`);
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, HANG_MS, "hangs");
  });
  const error = await Promise.race([server.http.loadError("model"), hangs]);
  clearTimeout(timer);
  return error;
}

async function expectNothingLeft(server: TritonServer): Promise<void> {
  await until("the end of the stub", () => server.stubs().length === 0);
  await until("the end of its process", () => server.children().length === 0);
  await until("the end of the region", () => server.regions().length === 0);
  const ours = new RegExp(`^triton_wasm_\\d+_${server.pid}_`);
  expect(readdirSync("/dev/shm").filter((name) => ours.test(name))).toEqual([]);
}

async function expectServed(server: TritonServer): Promise<void> {
  const { outputs } = await server.http.infer("model", [input]);
  expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
  await server.http.unload("model");
}

test.each(SWEEPS)(
  "on 23.12 and 24.10, finding 6: at each step of $limit a load ends, with the model or with one error, and leaves nothing",
  ({ command, values }) =>
    sideBySide(RELEASES, async (release) => {
      const server = servers.get(release)!;
      const user = randomInt(FIRST_USER, LAST_USER);
      let served = 0;
      for (const value of values) {
        const error = await loadWith(server, command(user) + value);
        if (error !== undefined) expect(error).toMatch(ERRORS);
        else {
          await expectServed(server);
          served += 1;
        }
        await expectNothingLeft(server);
        if (served === SERVED) break;
      }
      expect(served).toBe(SERVED);
    }),
);
