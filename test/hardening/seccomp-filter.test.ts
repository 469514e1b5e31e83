import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { DENIED_CALLS, FIRST_UNKNOWN_CALL } from "../../host/hardening/denied-calls.js";
import { seccompFilter } from "../../host/hardening/seccomp-filter.js";

const PID = 4711;
const X86_64 = 0xc000_003e;
const X32 = 0x4000_0000;
const PROGRAM = seccompFilter(PID);

const ALLOW = "allow";
const EPERM = "errno 1";
const ENOSYS = "errno 38";

interface Call {
  readonly number: number;
  readonly architecture?: number;
  readonly args?: readonly number[];
}

/** What the kernel's interpreter of classic BPF makes of a call (net/core/filter.c, the instructions that are used). */
function verdictOn({ number, architecture = X86_64, args = [] }: Call): string {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, number, true);
  data.setUint32(4, architecture, true);
  for (const [index, arg] of args.entries()) {
    data.setBigInt64(16 + index * 8, BigInt(arg), true);
  }
  const program = new DataView(PROGRAM.buffer);
  let accumulator = 0;
  for (let at = 0; at < PROGRAM.length; ) {
    const code = program.getUint16(at, true);
    const value = program.getUint32(at + 4, true);
    const [whenTrue, whenFalse] = [program.getUint8(at + 2), program.getUint8(at + 3)];
    at += 8;
    const jump = (taken: boolean) => {
      at += 8 * (taken ? whenTrue : whenFalse);
    };
    switch (code) {
      case 0x20:
        accumulator = data.getUint32(value, true);
        break;
      case 0x05:
        at += 8 * value;
        break;
      case 0x15:
        jump(accumulator === value);
        break;
      case 0x35:
        jump(accumulator >= value);
        break;
      case 0x45:
        jump((accumulator & value) !== 0);
        break;
      case 0x06:
        if (value === 0x7fff_0000) return ALLOW;
        if (value >>> 16 === 5) return `errno ${value & 0xffff}`;
        throw new Error(`answer ${value.toString(16)}`);
      default:
        throw new Error(`instruction ${code}`);
    }
  }
  throw new Error("the program has no answer");
}

/** Calls whose arguments matter. */
const LOOKED_AT = [16, 56, 62, 72, 157, 234, 302, 435];
const denied = new Set(Object.values(DENIED_CALLS));

test("each denied call has a different number below the first unknown one", () => {
  expect(denied.size).toBe(Object.keys(DENIED_CALLS).length);
  expect(Math.max(...denied)).toBeLessThan(FIRST_UNKNOWN_CALL);
  for (const call of LOOKED_AT) expect(denied).not.toContain(call);
});

test("the program is not longer than a kernel accepts", () => {
  expect(PROGRAM.length / 8).toBeLessThan(4096);
});

test("every call without argument checks is denied or allowed as the list says", () => {
  for (let number = 0; number < FIRST_UNKNOWN_CALL; number++) {
    if (LOOKED_AT.includes(number)) continue;
    const expected = denied.has(number) ? EPERM : ALLOW;
    expect([number, verdictOn({ number })]).toEqual([number, expected]);
  }
});

test("the calls that Node, its threads and our libc functions use are allowed", () => {
  const needed = {
    read: 0,
    write: 1,
    fstat: 5,
    mmap: 9,
    mprotect: 10,
    rt_sigaction: 13,
    madvise: 28,
    getpid: 39,
    exit: 60,
    flock: 73,
    ftruncate: 77,
    unlink: 87,
    getppid: 110,
    futex: 202,
    epoll_ctl: 233,
    epoll_pwait: 281,
    eventfd2: 290,
    epoll_create1: 291,
    pipe2: 293,
    fallocate: 285,
    openat: 257,
    getrandom: 318,
    membarrier: 324,
    rseq: 334,
    pkey_alloc: 330,
  };
  for (const [name, number] of Object.entries(needed)) {
    expect([name, verdictOn({ number })]).toEqual([name, ALLOW]);
  }
});

describe("by their arguments", () => {
  const THREAD = 0x3d0f00;
  const rows: readonly (readonly [string, number, readonly number[], string])[] = [
    ["a thread", 56, [THREAD], ALLOW],
    ["a process", 56, [17], EPERM],
    ["a thread in a separate namespace", 56, [THREAD + 0x1000_0000], EPERM],
    ["clone3", 435, [0, 88], ENOSYS],
    ["kill of ourselves", 62, [PID, 9], ALLOW],
    ["kill of another", 62, [PID + 1, 9], EPERM],
    ["kill of everybody", 62, [-1, 15], EPERM],
    ["kill of the group", 62, [0, 15], EPERM],
    ["whether another lives", 62, [1, 0], ALLOW],
    ["tgkill of ourselves", 234, [PID, PID + 3, 6], ALLOW],
    ["tgkill of another", 234, [PID + 1, PID + 1, 6], EPERM],
    ["our limits", 302, [0, 7], ALLOW],
    ["our limits by our pid", 302, [PID, 7], ALLOW],
    ["another's limits", 302, [PID + 1, 7], EPERM],
    ["ioctl FIONBIO", 16, [5, 0x5421], ALLOW],
    ["ioctl TIOCSTI", 16, [0, 0x5412], EPERM],
    ["ioctl TIOCLINUX", 16, [0, 0x541c], EPERM],
    ["ioctl FIOSETOWN", 16, [5, 0x8901], EPERM],
    ["ioctl SIOCSPGRP", 16, [5, 0x8902], EPERM],
    ["fcntl F_SETFL", 72, [5, 4], ALLOW],
    ["fcntl F_SETLKW", 72, [5, 7], ALLOW],
    ["fcntl F_SETOWN", 72, [5, 8], EPERM],
    ["fcntl F_SETSIG", 72, [5, 10], EPERM],
    ["fcntl F_SETOWN_EX", 72, [5, 15], EPERM],
    ["fcntl F_SETLEASE", 72, [5, 1024, 0], EPERM],
    ["prctl PR_SET_NAME", 157, [15], ALLOW],
    ["prctl PR_SET_NO_NEW_PRIVS", 157, [38, 1], ALLOW],
    ["prctl PR_SET_PDEATHSIG", 157, [1, 0], EPERM],
  ];
  test.each(rows)("%s", (_, number, args, expected) => {
    expect(verdictOn({ number, args })).toBe(expected);
  });

  test("the high word of an argument, which the kernel ignores, does not bypass a check", () => {
    expect(verdictOn({ number: 62, args: [2 ** 32 * 5 + PID + 1, 2 ** 32 * 5 + 9] })).toBe(EPERM);
    expect(verdictOn({ number: 16, args: [0, 2 ** 32 + 0x5412] })).toBe(EPERM);
  });
});

test("later calls are unknown, and the x32 ABI and other architectures are denied, with any arguments", () => {
  const args = fc.array(fc.nat(2 ** 31), { maxLength: 6 });
  fc.assert(
    fc.property(fc.integer({ min: FIRST_UNKNOWN_CALL, max: X32 - 1 }), args, (number, args) => {
      expect(verdictOn({ number, args })).toBe(ENOSYS);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: X32, max: 2 ** 32 - 1 }), args, (number, args) => {
      expect(verdictOn({ number, args })).toBe(EPERM);
    }),
  );
  fc.assert(
    fc.property(fc.nat(500), fc.nat(2 ** 31), args, (number, architecture, args) => {
      expect(verdictOn({ number, architecture, args })).toBe(EPERM);
    }),
  );
});
