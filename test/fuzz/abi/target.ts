import { strictEqual } from "node:assert";
import { StubError } from "../../../host/errors.js";
import { STREAM_IMPORTS } from "../../../host/guest/abi.js";
import { Server } from "../../support/region/batch-server.js";
import { ProgramReader } from "../program.js";
import type { FuzzTarget } from "../target.js";
import { ExpectedOutputs } from "./expected-outputs.js";
import { checkRead } from "./expected-reads.js";
import { FUNCTIONS, type GuestCallable } from "./functions.js";
import { Guest } from "./guest.js";
import { PAGE_BYTES } from "./guest-page.js";
import { FILL, makeProgram, POKE, STEPS } from "./make.js";
import { Streams } from "./streams.js";

/** Where the ABI or what is behind it changed. */
const RELEASES = ["23.10", "24.04", "25.02", "26.07"];
const OUTPUT_LIMITS = [100_000, 100_000, 1_000, 100, 0];
const REQUEST_COUNT = FUNCTIONS.find(({ name }) => name === "request_count")!;

interface Run {
  readonly server: Server;
  readonly streams: Streams;
  readonly guest: Guest;
  readonly expected: ExpectedOutputs;
}

let servers: readonly Pick<Run, "server" | "streams">[] | undefined;

/** The host functions of a guest, over a real region with a batch in it. */
export const ABI: FuzzTarget = {
  name: "abi",
  make: makeProgram,
  check(input) {
    servers ??= RELEASES.map((release) => {
      const server = new Server(release);
      return { server, streams: new Streams(server) };
    });
    const { server, streams } = servers[(input[0] ?? 0) % servers.length]!;
    return run(server, streams, new ProgramReader(input.subarray(1)));
  },
};

function run(server: Server, streams: Streams, program: ProgramReader): string {
  const chosen = program.u8();
  const limit = OUTPUT_LIMITS[chosen % OUTPUT_LIMITS.length]!;
  server.begin(limit);
  // Half of the numbers, whatever their limit.
  streams.begin(chosen % (2 * OUTPUT_LIMITS.length) >= OUTPUT_LIMITS.length);
  const expected = new ExpectedOutputs(server, limit);
  const all = { server, streams, guest: new Guest(server.batch), expected };
  let fault: StubError | undefined;
  while (!program.done && fault === undefined) fault = step(all, program);
  // A guest that catches the fault gets no further.
  if (fault !== undefined) strictEqual(all.guest.call(REQUEST_COUNT, []), fault);
  const outcome = fault === undefined ? expected.check(server.answer()) : `ended by ${fault.code}`;
  streams.end();
  server.end();
  return outcome;
}

/** @returns what ended the guest's call, if anything did */
function step(run: Run, program: ProgramReader): StubError | undefined {
  const { server, streams, guest, expected } = run;
  const number = program.u8() % STEPS;
  if (number === POKE || number === FILL) {
    write(guest.memory, program.u32(), number === FILL ? program.u32() : 1, program.u64());
    return undefined;
  }
  const callable = FUNCTIONS[number]!;
  const { name } = callable;
  const args = streams.passed(name, argumentsOf(callable, program));
  server.remember();
  const result = guest.call(callable, args);
  if (result instanceof StubError) {
    server.requireUnchanged();
    return result;
  }
  const passed = args.map((arg) => Number(arg) >>> 0);
  const unsigned = streams.indexed(name, passed);
  checkRead(name, unsigned, Number(result), guest.memory);
  if (isStreamCall(name)) follow(run, name, unsigned[0]!, Number(result));
  else expected.follow(name, unsigned, Number(result), guest.memory);
  return undefined;
}

/** After a call about the life of a request that returned. */
function follow({ server, streams, expected }: Run, name: string, request: number, result: number) {
  if (name === "response_send" || name === "response_finish") {
    strictEqual(streams.isDecoupled, true, `${name} of a model that is not decoupled`);
    strictEqual(result, 0);
    expected.sent(request, name === "response_finish", streams.response);
    return;
  }
  server.requireUnchanged();
  if (name === "request_is_cancelled") expected.cancelled(request, result);
  if (name === "request_keep" && result >= 0) streams.noteHandle(request, result);
  if (name !== "poll_after" && name !== "request_is_cancelled" && result >= 0) {
    expected.unanswered(request);
  }
}

function isStreamCall(name: string): boolean {
  return name in STREAM_IMPORTS;
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
