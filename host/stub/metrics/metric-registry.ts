import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { messageOf, StubError } from "../../errors.js";
import { lockFile } from "../../libc/flock.js";
import { errnoName } from "../../libc/library.js";
import { reservePages } from "../../libc/shm.js";
import { isStubAlive, type ServerFolder } from "./server-folder.js";

const OWNER_ONLY = 0o600;

/** Where the server has a metric: addresses of its own, which mean nothing here. */
export interface MetricAddresses {
  readonly family: bigint;
  readonly metric: bigint;
}

/** Which metric of a server. */
export interface MetricKey {
  readonly name: string;
  /** JSON object of strings. */
  readonly labels: string;
}

interface Entry extends MetricKey {
  readonly family: string;
  readonly metric: string;
  /** Names of the stubs that have it. */
  readonly users: readonly string[];
  /** The metric is being made. Whoever finds such an entry knows that its maker was killed. */
  readonly pending?: true;
}

/** As long as any address in decimal digits: once there is room for the pending entry, there is for the final one. */
const NO_ADDRESS = "0".repeat(20);

/**
 * The metrics that the stubs of one server have, in a file that they share.
 *
 * A server gives everybody who asks for a metric of the same name and labels the same figure, but counts its users per
 * family object (core/src/metric_family.cc, r23.12 to r24.12): whoever deletes first takes the figure away from under the
 * others, which then write into freed memory of the server. So the instances of a model version share one family and one
 * metric object, and the last one that goes deletes them.
 */
export class MetricRegistry {
  private readonly file: string;
  private readonly folder: ServerFolder;

  /** @param folder what the stubs of the server share */
  constructor(folder: ServerFolder) {
    this.file = join(folder.path, "metrics");
    this.folder = folder;
  }

  /** Enters this process as a user of the metric, which `create` makes if nobody has it yet. */
  acquire(key: MetricKey, create: () => MetricAddresses): MetricAddresses {
    return this.change((entries, save) => {
      const index = entries.findIndex((entry) => isEntryOf(entry, key));
      const known = entries[index];
      // One without living users was left by a process that was killed. Its figure goes on.
      if (known !== undefined) {
        entries[index] = { ...known, users: [...this.othersOf(known), this.folder.self] };
        return { family: BigInt(known.family), metric: BigInt(known.metric) };
      }
      const users = [this.folder.self];
      entries.push({ ...key, family: NO_ADDRESS, metric: NO_ADDRESS, users, pending: true });
      // Room in the file first: a metric of which nobody knows would be made, and deleted, a second time.
      save();
      entries.pop();
      const { family, metric } = create();
      entries.push({ ...key, family: String(family), metric: String(metric), users });
      return { family, metric };
    });
  }

  /** Strikes this process out; `destroy` takes the metric from the server if nobody else has it. */
  release(key: MetricKey, destroy: () => void): void {
    this.change((entries, save) => {
      const index = entries.findIndex((entry) => isEntryOf(entry, key));
      const known = entries[index];
      if (known === undefined) return;
      const users = this.othersOf(known);
      if (users.length > 0) {
        entries[index] = { ...known, users };
        return;
      }
      entries.splice(index, 1);
      // First the file: who finds the entry of a deleted metric would write into freed memory of the server.
      save();
      destroy();
    });
  }

  /** Those who live; who was killed has not struck itself out. */
  private othersOf({ users }: Entry): string[] {
    const { path, self } = this.folder;
    return users.filter((user) => user !== self && isStubAlive(path, user));
  }

  private change<Result>(action: (entries: Entry[], save: () => void) => Result): Result {
    const fd = this.openLocked();
    try {
      const text = readFileSync(fd, "utf8");
      const all: Entry[] = text === "" ? [] : JSON.parse(text);
      const entries = all.filter(({ pending }) => pending !== true);
      const save = () => this.overwrite(fd, JSON.stringify(entries));
      try {
        return action(entries, save);
      } finally {
        if (entries.length === 0) rmSync(this.file, { force: true });
        else save();
      }
    } finally {
      closeSync(fd);
    }
  }

  private openLocked(): number {
    for (;;) {
      const fd = this.open();
      const { uid } = fstatSync(fd);
      if (uid !== process.getuid!()) {
        closeSync(fd);
        throw new StubError(
          "ERR_ENVIRONMENT",
          `${this.file}, in which the instances of a model share their metrics, belongs to user ${uid}: remove it`,
          { file: this.file, uid },
        );
      }
      lockFile(fd, this.file);
      // Removed while we waited for it?
      if (fstatSync(fd).nlink > 0) return fd;
      closeSync(fd);
    }
  }

  private open(): number {
    const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
    try {
      return openSync(this.file, O_RDWR | O_CREAT | O_NOFOLLOW, OWNER_ONLY);
    } catch (error) {
      throw new StubError(
        "ERR_ENVIRONMENT",
        `${this.file}, in which the instances of a model share their metrics, cannot be opened (${messageOf(error)})`,
        { file: this.file },
        error,
      );
    }
  }

  /**
   * In place, since the lock is the file's. Blanks cover what was there: a process that is killed in the middle leaves JSON.
   * With pages reserved first: a full file system would take the beginning of a text that is too long, and no stub could read the file.
   */
  private overwrite(fd: number, text: string): void {
    const bytes = Buffer.from(text);
    const errno = reservePages(fd, bytes.length);
    if (errno !== 0) {
      throw new StubError(
        "ERR_ENVIRONMENT",
        `${this.file}, in which the instances of a model share their metrics, cannot grow (${errnoName(errno)}): enlarge /dev/shm`,
        { file: this.file, errno: errnoName(errno) },
      );
    }
    const { size } = fstatSync(fd);
    const rest = Buffer.alloc(Math.max(0, size - bytes.length), " ");
    writeSync(fd, Buffer.concat([bytes, rest]), 0, undefined, 0);
    ftruncateSync(fd, bytes.length);
  }
}

function isEntryOf(entry: Entry, { name, labels }: MetricKey): boolean {
  return entry.name === name && entry.labels === labels;
}
