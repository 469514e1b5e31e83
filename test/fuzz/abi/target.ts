import { strictEqual } from "node:assert";
import { StubError } from "../../../host/errors.js";
import { Server } from "../../support/region/batch-server.js";
import { ProgramReader } from "../program.js";
import type { FuzzTarget } from "../target.js";
import { ExpectedOutputs } from "./expected-outputs.js";
import { checkRead } from "./expected-reads.js";
import { FUNCTIONS, type GuestCallable } from "./functions.js";
import { Guest } from "./guest.js";
import { PAGE_BYTES } from "./guest-page.js";
import { FILL, makeProgram, POKE, STEPS } from "./make.js";

/** Where the ABI or what is behind it changed. */
const RELEASES = ["23.10", "24.04", "25.02", "26.07"];
const OUTPUT_LIMITS = [100_000, 100_000, 1_000, 100, 0];
const REQUEST_COUNT = FUNCTIONS.find(({ name }) => name === "request_count")!;

let servers: readonly Server[] | undefined;

/** The host functions of a guest, over a real region with a batch in it. */
export const ABI: FuzzTarget = {
  name: "abi",
  make: makeProgram,
  check(input) {
    servers ??= RELEASES.map((release) => new Server(release));
    const server = servers[(input[0] ?? 0) % servers.length]!;
    return run(server, new ProgramReader(input.subarray(1)));
  },
};

function run(server: Server, program: ProgramReader): string {
  const limit = OUTPUT_LIMITS[program.u8() % OUTPUT_LIMITS.length]!;
  server.begin(limit);
  const guest = new Guest(server.batch);
  const expected = new ExpectedOutputs(server, limit);
  let fault: StubError | undefined;
  while (!program.done && fault === undefined) fault = step(server, guest, expected, program);
  // A guest that catches the fault gets no further.
  if (fault !== undefined) strictEqual(guest.call(REQUEST_COUNT, []), fault);
  const outcome = fault === undefined ? expected.check(server.answer()) : `ended by ${fault.code}`;
  server.end();
  return outcome;
}

/** @returns what ended the guest's call, if anything did */
function step(
  server: Server,
  guest: Guest,
  expected: ExpectedOutputs,
  program: ProgramReader,
): StubError | undefined {
  const number = program.u8() % STEPS;
  if (number === POKE || number === FILL) {
    write(guest.memory, program.u32(), number === FILL ? program.u32() : 1, program.u64());
    return undefined;
  }
  const callable = FUNCTIONS[number]!;
  const args = argumentsOf(callable, program);
  server.remember();
  const result = guest.call(callable, args);
  if (result instanceof StubError) {
    server.requireUnchanged();
    return result;
  }
  const unsigned = args.map((arg) => Number(arg) >>> 0);
  checkRead(callable.name, unsigned, Number(result), guest.memory);
  expected.follow(callable.name, unsigned, Number(result), guest.memory);
  return undefined;
}

/** As WebAssembly hands numbers over: signed. */
function argumentsOf({ parameters }: GuestCallable, program: ProgramReader): (number | bigint)[] {
  return [...parameters].map((type) => {
    if (type === "i") return program.u32() | 0;
    const bits = program.u64();
    if (type === "I") return BigInt.asIntN(64, bits);
    return new DataView(BigUint64Array.of(bits).buffer).getFloat64(0, true);
  });
}

/** Writes a number again and again, as far as the memory goes. */
function write(memory: Uint8Array, at: number, times: number, value: bigint): void {
  const word = new Uint8Array(BigUint64Array.of(value).buffer);
  const from = at % PAGE_BYTES;
  const end = Math.min(PAGE_BYTES, from + 8 * times);
  for (let place = from; place < end; place++) memory[place] = word[(place - from) % 8]!;
}
