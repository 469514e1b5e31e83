import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { messageOf, StubError } from "../errors.js";
import { lockFile } from "../libc/flock.js";
import { isAlive, type ProcessIdentity, processIdentity } from "./process-identity.js";

const FOLDER = "/dev/shm";
const OWNER_ONLY = 0o600;

/** Where the server has a counter: addresses of its own, which mean nothing here. */
export interface CounterAddresses {
  readonly family: bigint;
  readonly metric: bigint;
}

/** Which counter of a server. */
export interface CounterKey {
  readonly name: string;
  readonly model: string;
  readonly version: string;
}

interface Entry extends CounterKey {
  readonly family: string;
  readonly metric: string;
  readonly users: readonly ProcessIdentity[];
}

/**
 * The counters that the stubs of one server have, in a file that they share.
 *
 * A server gives everybody who asks for a metric of the same name and labels the same figure, but counts its users per
 * family object (core/src/metric_family.cc, r23.12 to r24.12): whoever deletes first takes the figure away from under the
 * others, which then write into freed memory of the server. So the instances of a model version share one family and one
 * metric object, and the last one that goes deletes them.
 */
export class CounterRegistry {
  private readonly file: string;
  private readonly self: ProcessIdentity;

  /** @param serverPid process id of the server */
  constructor(serverPid: number) {
    const server = processIdentity(serverPid);
    this.file = `${FOLDER}/triton_wasm_counters_${serverPid}_${server?.startTime ?? "gone"}`;
    this.self = processIdentity(process.pid)!;
  }

  /** Enters this process as a user of the counter, which `create` makes if nobody has it yet. */
  acquire(key: CounterKey, create: () => CounterAddresses): CounterAddresses {
    return this.change((entries) => {
      const index = entries.findIndex((entry) => isEntryOf(entry, key));
      const known = entries[index];
      // One without living users was left by a process that was killed. Its figure goes on.
      if (known !== undefined) {
        entries[index] = { ...known, users: [...othersOf(known, this.self), this.self] };
        return { family: BigInt(known.family), metric: BigInt(known.metric) };
      }
      const { family, metric } = create();
      const addresses = { family: String(family), metric: String(metric) };
      entries.push({ ...key, ...addresses, users: [this.self] });
      return { family, metric };
    });
  }

  /** Strikes this process out; `destroy` takes the counter from the server if nobody else has it. */
  release(key: CounterKey, destroy: () => void): void {
    this.change((entries) => {
      const index = entries.findIndex((entry) => isEntryOf(entry, key));
      const known = entries[index];
      if (known === undefined) return;
      const users = othersOf(known, this.self);
      if (users.length > 0) {
        entries[index] = { ...known, users };
        return;
      }
      entries.splice(index, 1);
      destroy();
    });
  }

  /** The server is gone, and all that it had. */
  forget(): void {
    rmSync(this.file, { force: true });
  }

  private change<Result>(action: (entries: Entry[]) => Result): Result {
    const fd = this.openLocked();
    try {
      const text = readFileSync(fd, "utf8");
      const entries: Entry[] = text === "" ? [] : JSON.parse(text);
      const result = action(entries);
      if (entries.length === 0) this.forget();
      else this.replace(JSON.stringify(entries));
      return result;
    } finally {
      closeSync(fd);
    }
  }

  /** In one step: a process that is killed in the middle leaves the old file. Who waits for that one sees that it is gone. */
  private replace(text: string): void {
    const next = `${this.file}.${process.pid}`;
    writeFileSync(next, text, { mode: OWNER_ONLY });
    renameSync(next, this.file);
  }

  private openLocked(): number {
    for (;;) {
      const fd = this.open();
      lockFile(fd, this.file);
      const { nlink, uid } = fstatSync(fd);
      if (uid !== process.getuid!()) {
        closeSync(fd);
        throw new StubError(
          "ERR_ENVIRONMENT",
          `${this.file}, in which the instances of a model share their counters, belongs to user ${uid}: remove it`,
          { file: this.file, uid },
        );
      }
      // Removed or replaced while we waited for it.
      if (nlink > 0) return fd;
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
        `${this.file}, in which the instances of a model share their counters, cannot be opened (${messageOf(error)})`,
        { file: this.file },
        error,
      );
    }
  }
}

function isEntryOf(entry: Entry, { name, model, version }: CounterKey): boolean {
  return entry.name === name && entry.model === model && entry.version === version;
}

function othersOf(entry: Entry, self: ProcessIdentity): ProcessIdentity[] {
  return entry.users.filter((user) => user.pid !== self.pid && isAlive(user));
}
