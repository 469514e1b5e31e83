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
import { messageOf } from "../../errors.js";
import { lockFile } from "../../libc/flock.js";
import { reservePages } from "../../libc/shm.js";
import { metricsFileCannotGrow, metricsFileNotOpened, metricsFileOfAnotherUser } from "./errors.js";
import { isStubAlive, type ServerFolder } from "./server-folder.js";

const OWNER_ONLY = 0o600;

/** Addresses of a metric in the server. This process only sends them back. */
export interface MetricAddresses {
  readonly family: bigint;
  readonly metric: bigint;
}

/** Name and labels identify a metric of a server. */
export interface MetricKey {
  readonly name: string;
  /** JSON object of strings. */
  readonly labels: string;
}

interface Entry extends MetricKey {
  readonly family: string;
  readonly metric: string;
  /** Names of the stubs that use it. */
  readonly users: readonly string[];
  /** The metric is being created. An entry that is found in this state belongs to a process that was killed. */
  readonly pending?: true;
}

/** As long as the longest address in decimal digits: the final entry is not longer than the pending one, so it finds room. */
const NO_ADDRESS = "0".repeat(20);

/**
 * The metrics of the stubs of one server, in a file that the stubs share.
 *
 * A server returns the same value to all requests for a metric of the same name and labels, but counts the users per family object
 * (core/src/metric_family.cc, r23.12 to r24.12). The first stub that deletes its family frees the value, and the other stubs then write
 * into freed memory of the server. So the instances of a model version share one family and one metric, and the last one deletes them.
 */
export class MetricRegistry {
  private readonly file: string;
  private readonly folder: ServerFolder;

  /** @param folder what the stubs of the server share */
  constructor(folder: ServerFolder) {
    this.file = join(folder.path, "metrics");
    this.folder = folder;
  }

  /** Adds this stub to the users of the metric. `create` creates the metric if no stub has it. */
  acquire(key: MetricKey, create: () => MetricAddresses): MetricAddresses {
    return this.change((entries, save) => {
      const index = entries.findIndex((entry) => isEntryOf(entry, key));
      const known = entries[index];
      // The users of an entry may all have been killed. The metric goes on with its value.
      if (known !== undefined) {
        entries[index] = { ...known, users: [...this.othersOf(known), this.folder.self] };
        return { family: BigInt(known.family), metric: BigInt(known.metric) };
      }
      const users = [this.folder.self];
      entries.push({ ...key, family: NO_ADDRESS, metric: NO_ADDRESS, users, pending: true });
      // The file gets its room first: a metric without an entry would be created, and deleted, a second time.
      save();
      entries.pop();
      const { family, metric } = create();
      entries.push({ ...key, family: String(family), metric: String(metric), users });
      return { family, metric };
    });
  }

  /** Removes this stub from the users of the metric. `destroy` deletes the metric in the server if no other stub uses it. */
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
      // The file changes first: a stub that finds the entry of a deleted metric would write into freed memory of the server.
      save();
      destroy();
    });
  }

  /** The other users that are alive. A stub that was killed has not removed itself. */
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
        throw metricsFileOfAnotherUser(this.file, uid);
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
      throw metricsFileNotOpened(this.file, messageOf(error), error);
    }
  }

  /**
   * Writes in place, since the lock belongs to the file. Spaces cover the old text, so a process that is killed in between leaves valid
   * JSON. The pages are reserved first: otherwise a full file system accepts only the beginning of the text, which no stub can read.
   */
  private overwrite(fd: number, text: string): void {
    const bytes = Buffer.from(text);
    const errno = reservePages(fd, bytes.length);
    if (errno !== 0) throw metricsFileCannotGrow(this.file, errno);
    const { size } = fstatSync(fd);
    const rest = Buffer.alloc(Math.max(0, size - bytes.length), " ");
    writeSync(fd, Buffer.concat([bytes, rest]), 0, undefined, 0);
    ftruncateSync(fd, bytes.length);
  }
}

function isEntryOf(entry: Entry, { name, labels }: MetricKey): boolean {
  return entry.name === name && entry.labels === labels;
}
