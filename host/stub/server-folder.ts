import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
} from "node:fs";
import { basename, join } from "node:path";
import { messageOf, StubError } from "../errors.js";
import { lockFile, shareLock, tryLockFile } from "../libc/flock.js";
import { processIdentity } from "./process-identity.js";

export const SHARED_MEMORY_FOLDER = "/dev/shm";
const PREFIX = "triton_wasm_";
/** The name of such a folder, and nobody else's: see {@link serverFolderPath}. */
const SERVER_FOLDER = new RegExp(`^${PREFIX}\\d+_\\d+_(\\d+|gone)$`);
const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;

/** What a thread needs of the folder: structured-cloneable. */
export interface ServerFolderShare {
  readonly path: string;
  /** Name of this process among the stubs of the server; no other has it, although pids come again. */
  readonly self: string;
}

/**
 * A folder in memory that the stubs of one server share, and nobody else: the walls around a stub leave it this much of
 * /dev/shm, and no other region. Each stub holds a shared lock on the folder as long as it lives, and the lock of a file
 * of its own in it, by which the others know that it lives; the last one removes it all.
 */
export class ServerFolder implements ServerFolderShare {
  readonly path: string;
  readonly self: string;
  private readonly fd: number;

  /** @throws StubError ERR_ENVIRONMENT when it cannot be had */
  constructor(serverPid: number) {
    this.path = serverFolderPath(serverPid);
    this.self = ownName();
    this.fd = this.enter();
    sweepOthers(basename(this.path));
    const file = join(this.path, this.self);
    lockFile(openSync(file, constants.O_RDWR | constants.O_CREAT, OWNER_ONLY_FILE), file);
  }

  /** For a thread of this process. */
  share(): ServerFolderShare {
    const { path, self } = this;
    return { path, self };
  }

  /** Gives the folder up; removes it when no other stub has it. */
  leave(): void {
    rmSync(join(this.path, this.self), { force: true });
    if (tryLockFile(this.fd)) rmSync(this.path, { recursive: true, force: true });
    closeSync(this.fd);
  }

  private enter(): number {
    for (;;) {
      const fd = this.open();
      shareLock(fd, this.path);
      // Removed by the last one before us, between our opening it and our lock?
      if (fstatSync(fd).nlink > 0) return fd;
      closeSync(fd);
    }
  }

  private open(): number {
    try {
      mkdirSync(this.path, { mode: OWNER_ONLY_FOLDER, recursive: true });
      const fd = openFolder(this.path);
      if (isOurs(fd)) return fd;
      closeSync(fd);
    } catch (error) {
      // Removed between the two calls.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return this.open();
      throw this.unusable(messageOf(error), error);
    }
    throw this.unusable("it belongs to another user");
  }

  private unusable(reason: string, cause?: unknown): StubError {
    return new StubError(
      "ERR_ENVIRONMENT",
      `${this.path}, which the instances of a server share, cannot be used: ${reason}; remove it, or make /dev/shm writable`,
      { folder: this.path },
      cause,
    );
  }
}

/**
 * Removes the folders of servers whose last stub was killed and could not do it. Nobody holds the lock of such a folder; a stub that
 * is about to take it finds the folder gone and makes a new one.
 */
function sweepOthers(own: string): void {
  for (const name of readdirSync(SHARED_MEMORY_FOLDER)) {
    if (SERVER_FOLDER.test(name) && name !== own) {
      removeUnlessLocked(join(SHARED_MEMORY_FOLDER, name));
    }
  }
}

function removeUnlessLocked(path: string): void {
  let fd: number;
  try {
    fd = openFolder(path);
  } catch {
    return;
  }
  try {
    if (isOurs(fd) && tryLockFile(fd)) rmSync(path, { recursive: true, force: true });
  } catch {
    // Somebody else was faster, or may.
  } finally {
    closeSync(fd);
  }
}

/** @throws StubError ERR_ENVIRONMENT when /proc does not show this process */
function ownName(): string {
  const own = processIdentity(process.pid);
  if (own !== undefined) return `stub_${own.pid}_${own.startTime}`;
  throw new StubError(
    "ERR_ENVIRONMENT",
    `/proc has no process ${process.pid}, which is this one: mount a /proc of the server's own PID namespace`,
    { pid: process.pid },
  );
}

function openFolder(path: string): number {
  const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;
  return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

function isOurs(fd: number): boolean {
  return fstatSync(fd).uid === process.getuid!();
}

/** Whether a stub lives: it holds the lock of its file. @param name as in {@link ServerFolderShare} */
export function isStubAlive(folder: string, name: string): boolean {
  let fd: number;
  try {
    fd = openSync(join(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return false;
  }
  try {
    return !tryLockFile(fd);
  } finally {
    closeSync(fd);
  }
}

/** Named after the very server, also where containers share /dev/shm. @param serverPid its process id */
export function serverFolderPath(serverPid: number): string {
  const namespace = /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0];
  const startTime = processIdentity(serverPid)?.startTime ?? "gone";
  return `${SHARED_MEMORY_FOLDER}/${PREFIX}${namespace}_${serverPid}_${startTime}`;
}
