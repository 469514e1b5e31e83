import { deepStrictEqual, strictEqual } from "node:assert";
import { dumps } from "../../support/region/heap-traces.js";
import { ProgramReader } from "../program.js";
import type { FuzzTarget } from "../target.js";
import { makeProgram } from "./make.js";
import { NAMES, OPERATION, OPERATIONS } from "./operations.js";
import { type Answer, CEILING, Patient } from "./patient.js";

const LARGEST_NAMED_ALIGNMENT = 128;
const SMALLEST_GROWTH = 64;
const CHECK_EVERY = 8;

type Operation = (patient: Patient, program: ProgramReader) => Answer | undefined;

let patient: Patient | undefined;

/** The allocator, in regions that others have written to. */
export const HEAP: FuzzTarget = {
  name: "heap",
  make: makeProgram,
  check(input) {
    return run((patient ??= new Patient()), new ProgramReader(input));
  },
};

function run(subject: Patient, program: ProgramReader): string {
  subject.reset(dumps[program.u8() % dumps.length]!.dump);
  const refusals = new Set<number>();
  for (let step = 1; !program.done; step++) {
    const answer = OPERATION_OF[program.u8() % OPERATIONS]!(subject, program);
    if (answer?.failure) refusals.add(answer.failure.code);
    if (step % CHECK_EVERY === 0) subject.check();
  }
  subject.check();
  subject.requireCanaries();
  const region = subject.sound ? "sound" : "damaged";
  return `${region}, ${refusals.size === 0 ? "all answered" : `failures ${[...refusals].sort()}`}`;
}

const isPowerOfTwo = (value: number) => value !== 0 && (value & (value - 1)) === 0;

const OPERATION_OF: Readonly<Record<number, Operation>> = {
  [OPERATION.allocate]: (subject, program) => {
    const bytes = program.u32();
    return allocated(subject, bytes, 1, () => subject.test.core.heapAllocate(bytes));
  },
  [OPERATION.allocateAligned]: (subject, program) => {
    const [bytes, alignment] = [program.u32(), program.u32()];
    return allocated(subject, bytes, alignment, () =>
      subject.test.core.heapAllocateAligned(bytes, alignment),
    );
  },
  [OPERATION.freeHeld]: (subject, program) => {
    const offset = subject.pick(program.u8());
    return offset === undefined ? undefined : freed(subject, offset);
  },
  [OPERATION.freeAnything]: (subject, program) => freed(subject, program.u32()),
  [OPERATION.grow]: (subject, program) => {
    const extra = program.u32();
    const limit = subject.limit + extra;
    if (limit <= CEILING) {
      subject.memory.fill(0, subject.limit, limit);
      subject.test.core.setLimit(limit);
    }
    return subject.attempt(extra >= SMALLEST_GROWTH, () => void subject.test.core.heapGrow(extra));
  },
  [OPERATION.find]: (subject, program) => {
    const name = NAMES[program.u8() % NAMES.length]!;
    const answer = subject.attempt(name !== "", () => subject.test.find(name));
    subject.requireValue(answer.result);
    subject.requireUnchanged(0);
    return answer;
  },
  [OPERATION.findOrConstruct]: (subject, program) => {
    const name = NAMES[program.u8() % NAMES.length]!;
    const [bytes, alignment] = [program.u32(), program.u32()];
    const isPossible =
      name !== "" && isPowerOfTwo(alignment) && alignment <= LARGEST_NAMED_ALIGNMENT;
    const answer = subject.attempt(isPossible, () =>
      subject.test.findOrConstruct(name, bytes, alignment),
    );
    subject.requireValue(answer.result);
    subject.name();
    return answer;
  },
  [OPERATION.inspect]: (subject) => {
    const { core } = subject.test;
    const answer = subject.attempt(true, () => {
      core.heapSize();
      core.heapAllocatedBytes();
      return core.heapFreeMemory();
    });
    subject.requireUnchanged(0);
    return answer;
  },
  [OPERATION.copy]: (subject, program) => {
    const [target, source, length] = [program.u32(), program.u32(), program.u32()];
    const { limit } = subject;
    return changed(
      subject,
      target,
      length,
      Math.max(target, source) + length <= limit,
      () => subject.test.core.copyBytes(target, source, length),
      () => subject.bytesBefore(source, source + length),
    );
  },
  [OPERATION.zero]: (subject, program) => {
    const [target, length] = [program.u32(), program.u32()];
    return changed(
      subject,
      target,
      length,
      target + length <= subject.limit,
      () => subject.test.core.zeroBytes(target, length),
      () => new Uint8Array(length),
    );
  },
  [OPERATION.setLimit]: (subject, program) => {
    const limit = program.u32();
    // More than there was is for `grow`.
    if (limit > subject.limit && limit <= subject.memoryBytes) return undefined;
    const answer = subject.attempt(
      limit <= subject.memoryBytes,
      () => void subject.test.core.setLimit(limit),
    );
    if (answer.failure === null) subject.sound = false;
    return answer;
  },
  [OPERATION.setWord]: (subject, program) => {
    subject.damage(program.u32(), () => program.u64());
    return undefined;
  },
  [OPERATION.aimWord]: (subject, program) => {
    subject.damage(program.u32(), (at) => BigInt(program.u32() - at));
    return undefined;
  },
  [OPERATION.flipBit]: (subject, program) => {
    const at = program.u32() % subject.memory.length;
    subject.sound = false;
    if (at < subject.limit) subject.memory[at]! ^= 1 << (program.u8() % 8);
    return undefined;
  },
};

function allocated(subject: Patient, bytes: number, alignment: number, call: () => number): Answer {
  const answer = subject.attempt(isPowerOfTwo(alignment), call);
  if (answer.failure !== null) return answer;
  if (answer.result !== 0) subject.take(answer.result, bytes, alignment);
  else if (subject.sound && alignment === 1) subject.requireFull(bytes);
  return answer;
}

function freed(subject: Patient, offset: number): Answer {
  const answer = subject.attempt(true, () => void subject.test.core.heapDeallocate(offset));
  if (answer.failure === null) subject.give(offset);
  return answer;
}

/** What changes bytes that belong to the caller changes exactly those, and is undone: they may be anybody's. */
function changed(
  subject: Patient,
  target: number,
  length: number,
  isInside: boolean,
  call: () => void,
  expected: () => Uint8Array,
): Answer {
  const answer = subject.attempt(true, () => void call());
  strictEqual(answer.failure === null, isInside, "a range within the limit");
  if (isInside) {
    const bytes = subject.memory.slice(target, target + length);
    deepStrictEqual(Buffer.compare(bytes, expected()), 0, "other bytes than expected");
    subject.requireUnchanged(0, target);
    subject.requireUnchanged(target + length);
    subject.undo();
  } else subject.requireUnchanged(0);
  return answer;
}
