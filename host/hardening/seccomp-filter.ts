import { DENIED_CALLS, FIRST_UNKNOWN_CALL } from "./denied-calls.js";

/** Return values of the filter (include/uapi/linux/seccomp.h). The low 16 bits of an error are its errno. */
const ALLOW = 0x7fff_0000;
const ERROR = 0x0005_0000;
const DENY = ERROR | 1; // EPERM
/** ENOSYS: the caller falls back to what it does on an older kernel. */
const UNKNOWN = ERROR | 38;

/** Opcodes of classic BPF (include/uapi/linux/bpf_common.h). */
const LOAD_WORD = 0x20;
const RETURN = 0x06;
const JUMP = 0x05;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_NOT_BELOW = 0x35;
const JUMP_IF_ANY_BIT = 0x45;
const JUMP_MAX = 255;

/** `struct seccomp_data`: number, architecture, instruction pointer, six arguments of 8 bytes. */
const CALL_AT = 0;
const ARCHITECTURE_AT = 4;
const ARGUMENTS_AT = 16;
const ARGUMENT_BYTES = 8;
const AUDIT_ARCH_X86_64 = 0xc000_003e;
/** Calls of the x32 ABI have this bit. */
const X32_BIT = 0x4000_0000;

const CLONE_THREAD = 0x0001_0000;
/** NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const CLONE_NAMESPACES = 0x7e02_0000;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
const FIOSETOWN = 0x8901;
const SIOCSPGRP = 0x8902;
const F_SETOWN = 8;
const F_SETSIG = 10;
const F_SETOWN_EX = 15;
const F_SETLEASE = 1024;
const PR_SET_PDEATHSIG = 1;

/** A check of the low 32 bits of an argument. The kernel ignores the high bits of all arguments that are checked here. */
interface Check {
  readonly argument: number;
  readonly jump: typeof JUMP_IF_EQUAL | typeof JUMP_IF_ANY_BIT;
  readonly value: number;
  /** The filter's return value if the check matches; otherwise the next check follows. */
  readonly answer: number;
}

/** The rule for a call: the first check that matches decides. */
interface Rule {
  readonly checks: readonly Check[];
  readonly otherwise: number;
}

interface Instruction {
  readonly code: number;
  readonly whenTrue: number;
  readonly whenFalse: number;
  readonly value: number;
}

/** The rule for the calls from this number up to the next range. */
interface Range {
  readonly from: number;
  readonly rule: Rule;
}

/**
 * Builds the filter for the system calls of an executor. A denied call fails with EPERM and never ends the process, because libuv and glibc
 * try calls that may fail.
 *
 * The process may start threads but not processes, send signals to itself, and check whether another process lives (`kill` with signal 0).
 *
 * @param pid id of the process that the filter is for
 * @param allowed names of {@link DENIED_CALLS} that stay allowed
 * @returns a classic BPF program, 8 bytes per instruction
 */
export function seccompFilter(pid: number, allowed: readonly string[] = []): Uint8Array {
  return encode([
    load(ARCHITECTURE_AT),
    { code: JUMP_IF_EQUAL, value: AUDIT_ARCH_X86_64, whenTrue: 1, whenFalse: 0 },
    answer(DENY),
    load(CALL_AT),
    ...search(ranges(rules(pid, allowed))),
  ]);
}

function rules(pid: number, allowed: readonly string[]): Map<number, Rule> {
  const denied: Rule = { checks: [], otherwise: DENY };
  const equal = (argument: number, value: number, answer: number): Check => ({
    argument,
    jump: JUMP_IF_EQUAL,
    value,
    answer,
  });
  const anyBit = (argument: number, value: number, answer: number): Check => ({
    argument,
    jump: JUMP_IF_ANY_BIT,
    value,
    answer,
  });
  return new Map<number, Rule>([
    ...Object.entries(DENIED_CALLS)
      .filter(([name]) => !allowed.includes(name))
      .map(([, call]): [number, Rule] => [call, denied]),
    // ioctl: input for a terminal, and signals to the owner of a socket
    [
      16,
      refusing([TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP].map((value) => equal(1, value, DENY))),
    ],
    // clone
    [
      56,
      {
        checks: [anyBit(0, CLONE_NAMESPACES, DENY), anyBit(0, CLONE_THREAD, ALLOW)],
        otherwise: DENY,
      },
    ],
    // kill
    [62, { checks: [equal(1, 0, ALLOW), equal(0, pid, ALLOW)], otherwise: DENY }],
    // fcntl: signals to the owner of a descriptor, and leases, which block other processes that open the file for writing
    [
      72,
      refusing([F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE].map((value) => equal(1, value, DENY))),
    ],
    // prctl: the executor must not disable its end at the guard's death
    [157, refusing([equal(0, PR_SET_PDEATHSIG, DENY)])],
    // tgkill
    [234, { checks: [equal(0, pid, ALLOW)], otherwise: DENY }],
    // prlimit64
    [302, { checks: [equal(0, 0, ALLOW), equal(0, pid, ALLOW)], otherwise: DENY }],
    // clone3: its flags are in memory, which a filter cannot read. With ENOSYS, glibc uses clone instead.
    [435, { checks: [], otherwise: UNKNOWN }],
  ]);
}

function refusing(checks: readonly Check[]): Rule {
  return { checks, otherwise: ALLOW };
}

/** @returns ranges that cover all 2³² numbers, in order */
function ranges(rules: ReadonlyMap<number, Rule>): Range[] {
  const allowed: Rule = { checks: [], otherwise: ALLOW };
  const result: Range[] = [];
  for (let call = 0; call < FIRST_UNKNOWN_CALL; call++) {
    const rule = rules.get(call) ?? allowed;
    const last = result.at(-1)?.rule;
    const same =
      last?.otherwise === rule.otherwise && last.checks.length + rule.checks.length === 0;
    if (!same) result.push({ from: call, rule });
  }
  return [
    ...result,
    { from: FIRST_UNKNOWN_CALL, rule: { checks: [], otherwise: UNKNOWN } },
    { from: X32_BIT, rule: { checks: [], otherwise: DENY } },
  ];
}

/** @returns a binary search over the ranges. It is fast because kernels before 5.11 run the program for every call. */
function search(ranges: readonly Range[]): Instruction[] {
  const [only] = ranges;
  if (ranges.length === 1) return apply(only!.rule);
  const middle = ranges.length >> 1;
  const below = search(ranges.slice(0, middle));
  const above = search(ranges.slice(middle));
  const value = ranges[middle]!.from;
  if (below.length <= JUMP_MAX) {
    const jump = { code: JUMP_IF_NOT_BELOW, value, whenTrue: below.length, whenFalse: 0 };
    return [jump, ...below, ...above];
  }
  return [
    { code: JUMP_IF_NOT_BELOW, value, whenTrue: 0, whenFalse: 1 },
    { code: JUMP, value: below.length, whenTrue: 0, whenFalse: 0 },
    ...below,
    ...above,
  ];
}

function apply({ checks, otherwise }: Rule): Instruction[] {
  const steps = checks.flatMap(({ argument, jump, value, answer: verdict }) => [
    load(ARGUMENTS_AT + argument * ARGUMENT_BYTES),
    { code: jump, value, whenTrue: 0, whenFalse: 1 },
    answer(verdict),
  ]);
  return [...steps, answer(otherwise)];
}

function load(offset: number): Instruction {
  return { code: LOAD_WORD, value: offset, whenTrue: 0, whenFalse: 0 };
}

function answer(value: number): Instruction {
  return { code: RETURN, value, whenTrue: 0, whenFalse: 0 };
}

/** `struct sock_filter`: code (2 bytes), two jumps (1 each), value (4). */
function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, whenTrue, whenFalse, value }] of program.entries()) {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, whenTrue);
    view.setUint8(index * 8 + 3, whenFalse);
    view.setUint32(index * 8 + 4, value, true);
  }
  return bytes;
}
