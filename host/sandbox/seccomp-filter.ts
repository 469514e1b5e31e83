/** `struct seccomp_data`: number, architecture, instruction pointer, six arguments of 64 bits. */
const NUMBER_AT = 0;
const ARCHITECTURE_AT = 4;
const argumentAt = (index: number) => 16 + 8 * index;

const X86_64 = 0xc000_003e;
/** Calls of the x32 ABI have this bit: other numbers for the same things. */
const X32_BIT = 0x4000_0000;
const CLONE_THREAD = 0x1_0000;

const LOAD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const JUMP_BITS = 0x45;
const RETURN = 0x06;

const ALLOW = 0x7fff_0000;
const ERROR = 0x0005_0000;
const EPERM = 1;
const ENOSYS = 38;

/** Numbers of x86-64, by what they would serve an attacker for. A stub in work makes none of these calls. */
export const DENIED_CALLS = {
  // The network: 41 to 55 are socket to getsockopt.
  socket: 41,
  connect: 42,
  accept: 43,
  sendto: 44,
  recvfrom: 45,
  sendmsg: 46,
  recvmsg: 47,
  shutdown: 48,
  bind: 49,
  listen: 50,
  getsockname: 51,
  getpeername: 52,
  socketpair: 53,
  setsockopt: 54,
  getsockopt: 55,
  accept4: 288,
  recvmmsg: 299,
  sendmmsg: 307,
  // Other programs and processes.
  fork: 57,
  vfork: 58,
  execve: 59,
  execveat: 322,
  ptrace: 101,
  process_vm_readv: 310,
  process_vm_writev: 311,
  kcmp: 312,
  pidfd_send_signal: 424,
  pidfd_open: 434,
  pidfd_getfd: 438,
  process_madvise: 440,
  process_mrelease: 448,
  tkill: 200,
  rt_sigqueueinfo: 129,
  rt_tgsigqueueinfo: 297,
  // Mounts, namespaces and roots.
  mount: 165,
  umount2: 166,
  pivot_root: 155,
  chroot: 161,
  unshare: 272,
  setns: 308,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
  mount_setattr: 442,
  name_to_handle_at: 303,
  open_by_handle_at: 304,
  // The kernel, its modules and its larger surfaces.
  init_module: 175,
  delete_module: 176,
  finit_module: 313,
  kexec_load: 246,
  kexec_file_load: 320,
  bpf: 321,
  perf_event_open: 298,
  userfaultfd: 323,
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  add_key: 248,
  request_key: 249,
  keyctl: 250,
  // The machine.
  reboot: 169,
  swapon: 167,
  swapoff: 168,
  acct: 163,
  settimeofday: 164,
  adjtimex: 159,
  clock_settime: 227,
  clock_adjtime: 305,
  sethostname: 170,
  setdomainname: 171,
  iopl: 172,
  ioperm: 173,
  quotactl: 179,
  quotactl_fd: 443,
  syslog: 103,
} as const;

const CLONE = 56;
const KILL = 62;
const TGKILL = 234;
/** glibc tries it first and falls back to clone, whose flags can be seen. */
const CLONE3 = 435;

type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, operand: number];

/**
 * The filter of system calls, as `struct sock_filter` wants it: what is denied fails with EPERM, all else is allowed. Threads
 * can be started, processes cannot; signals reach nobody but this process, except the signal 0, which asks whether somebody exists.
 * @param pid of this process
 */
export function seccompProgram(pid: number): Uint8Array {
  const denied = Object.values(DENIED_CALLS).flatMap((number) => denyNumber(number));
  const program: Instruction[] = [
    [LOAD, 0, 0, ARCHITECTURE_AT],
    [JUMP_EQUAL, 1, 0, X86_64],
    fail(EPERM),
    [LOAD, 0, 0, NUMBER_AT],
    [JUMP_AT_LEAST, 0, 1, X32_BIT],
    fail(EPERM),
    ...denied,
    // clone: threads only.
    [JUMP_EQUAL, 0, 4, CLONE],
    [LOAD, 0, 0, argumentAt(0)],
    [JUMP_BITS, 1, 0, CLONE_THREAD],
    fail(EPERM),
    [RETURN, 0, 0, ALLOW],
    [JUMP_EQUAL, 0, 1, CLONE3],
    fail(ENOSYS),
    // tgkill(own pid, …)
    [JUMP_EQUAL, 0, 4, TGKILL],
    [LOAD, 0, 0, argumentAt(0)],
    [JUMP_EQUAL, 1, 0, pid],
    fail(EPERM),
    [RETURN, 0, 0, ALLOW],
    // kill(own pid, …) and kill(…, 0)
    [JUMP_EQUAL, 0, 6, KILL],
    [LOAD, 0, 0, argumentAt(0)],
    [JUMP_EQUAL, 3, 0, pid],
    [LOAD, 0, 0, argumentAt(1)],
    [JUMP_EQUAL, 1, 0, 0],
    fail(EPERM),
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, ALLOW],
  ];
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  for (const [index, [code, whenTrue, whenFalse, operand]] of program.entries()) {
    const at = index * 8;
    bytes.setUint16(at, code, true);
    bytes.setUint8(at + 2, whenTrue);
    bytes.setUint8(at + 3, whenFalse);
    bytes.setUint32(at + 4, operand, true);
  }
  return new Uint8Array(bytes.buffer);
}

function denyNumber(number: number): Instruction[] {
  return [[JUMP_EQUAL, 0, 1, number], fail(EPERM)];
}

function fail(errno: number): Instruction {
  return [RETURN, 0, 0, ERROR | errno];
}
