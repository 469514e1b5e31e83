/** Without the rights of root, in a user namespace in which the caller is root. */
const PRIVATE = process.getuid!() === 0 ? ["unshare"] : ["unshare", "--user", "--map-root-user"];

/** A server whose /dev/shm is its own, of so many bytes and files (0: as many as you like). */
export function ownSharedMemory(bytes: number, files = 0): readonly string[] {
  const mount = `mount -t tmpfs -o size=${bytes},nr_inodes=${files} tmpfs /dev/shm`;
  return [...PRIVATE, "--mount", "sh", "-c", `${mount} && exec "$0" "$@"`];
}

/** A server whose monotonic clock is ahead of the machine's by so many seconds. */
export function clockAhead(seconds: number): readonly string[] {
  return [...PRIVATE, "--time", "--monotonic", String(seconds)];
}
