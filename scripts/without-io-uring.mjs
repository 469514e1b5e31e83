/**
 * A program of 300 bytes that runs another one without io_uring:
 *
 *   prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
 *   seccomp(SECCOMP_SET_MODE_FILTER, 0, {io_uring_setup: ENOSYS, all else: allowed})
 *   execve(argv[1], argv + 1, envp)
 *   exit(127)
 *
 * Node's libuv makes rings when it starts, before any code of ours, and waits through them if it gets them. What goes through a
 * ring passes by every filter of system calls: a guest that has escaped could open sockets there. So the rings must
 * not come into being; libuv then takes epoll, as in a container whose runtime denies io_uring. A kernel without seccomp
 * runs the other program all the same.
 *
 * It is written here byte by byte because the backend's folder is to need no compiler: x86-64, Linux.
 */

const BASE = 0x400000;
const HEADERS = 64 + 56;

const SET_NO_NEW_PRIVS = 38;
const SET_MODE_FILTER = 1;
const CALL = { execve: 59, exit: 60, prctl: 157, seccomp: 317 };

const IO_URING_SETUP = 425;
const ARCHITECTURE = 0xc000003e;
const ALLOW = 0x7fff0000;
const FAIL_ENOSYS = 0x00050000 | 38;

/** `struct sock_filter`: code, jump when true, jump when false, operand. */
const FILTER = [
  [0x20, 0, 0, 4], // load the architecture
  [0x15, 0, 3, ARCHITECTURE],
  [0x20, 0, 0, 0], // load the call's number
  [0x15, 0, 1, IO_URING_SETUP],
  [0x06, 0, 0, FAIL_ENOSYS],
  [0x06, 0, 0, ALLOW],
];

const u32 = (value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
const u64 = (value) => [...u32(value), ...u32(0)];
const u16 = (value) => u32(value).slice(0, 2);

const SYSCALL = [0x0f, 0x05];
/** mov eax, number */
const number = (call) => [0xb8, ...u32(call)];

/** @param filterAt address of the `struct sock_fprog` */
function code(filterAt) {
  return [
    ...[0x4c, 0x8d, 0x64, 0x24, 0x10], // lea r12, [rsp + 16]: argv + 1
    ...[0x48, 0x8b, 0x0c, 0x24], // mov rcx, [rsp]: argc
    ...[0x4c, 0x8d, 0x6c, 0xcc, 0x10], // lea r13, [rsp + rcx * 8 + 16]: envp
    ...number(CALL.prctl),
    ...[0xbf, ...u32(SET_NO_NEW_PRIVS)], // mov edi
    ...[0xbe, ...u32(1)], // mov esi
    ...[0x31, 0xd2, 0x45, 0x31, 0xd2, 0x45, 0x31, 0xc0], // xor edx, edx; xor r10d, r10d; xor r8d, r8d
    ...SYSCALL,
    ...number(CALL.seccomp),
    ...[0xbf, ...u32(SET_MODE_FILTER)], // mov edi
    ...[0x31, 0xf6], // xor esi, esi
    ...[0xba, ...u32(filterAt)], // mov edx
    ...SYSCALL,
    ...[0x49, 0x8b, 0x3c, 0x24], // mov rdi, [r12]
    ...[0x4c, 0x89, 0xe6], // mov rsi, r12
    ...[0x4c, 0x89, 0xea], // mov rdx, r13
    ...number(CALL.execve),
    ...SYSCALL,
    ...number(CALL.exit),
    ...[0xbf, ...u32(127)], // mov edi
    ...SYSCALL,
  ];
}

/** The program as an ELF file. */
export function withoutIoUring() {
  const codeBytes = code(0).length;
  const filterAt = BASE + HEADERS + codeBytes;
  const instructionsAt = filterAt + 16;
  const filter = [
    ...[...u16(FILTER.length), 0, 0, 0, 0, 0, 0, ...u64(instructionsAt)],
    ...FILTER.flatMap(([code, whenTrue, whenFalse, operand]) => [
      ...u16(code),
      whenTrue,
      whenFalse,
      ...u32(operand),
    ]),
  ];
  const size = HEADERS + codeBytes + filter.length;
  const header = [
    ...[0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], // 64 bits, little endian, System V
    ...[...u16(2), ...u16(62), ...u32(1)], // an executable for x86-64
    ...[...u64(BASE + HEADERS), ...u64(64), ...u64(0), ...u32(0)], // entry, program headers, no sections
    ...[...u16(64), ...u16(56), ...u16(1), ...u16(0), ...u16(0), ...u16(0)],
  ];
  const segment = [
    ...[...u32(1), ...u32(5)], // loaded, readable and executable
    ...[...u64(0), ...u64(BASE), ...u64(BASE), ...u64(size), ...u64(size), ...u64(4096)],
  ];
  return Uint8Array.from([...header, ...segment, ...code(filterAt), ...filter]);
}
