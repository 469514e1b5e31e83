/** Without the rights of root, in a user namespace in which the caller is root. */
const PRIVATE = process.getuid!() === 0 ? ["unshare"] : ["unshare", "--user", "--map-root-user"];

/**
 * The command for a server with its own /dev/shm.
 * @param files limit of the files in it; 0: none
 */
export function ownSharedMemory(bytes: number, files = 0): readonly string[] {
  const mount = `mount -t tmpfs -o size=${bytes},nr_inodes=${files} tmpfs /dev/shm`;
  return [...PRIVATE, "--mount", "sh", "-c", `${mount} && exec "$0" "$@"`];
}

/** A server whose monotonic clock is ahead of the machine's by so many seconds. */
export function clockAhead(seconds: number): readonly string[] {
  return [...PRIVATE, "--time", "--monotonic", String(seconds)];
}
