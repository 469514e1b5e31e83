import { StubError } from "../../errors.js";
import { WASI_VECTORS_MAX, WASI_WRITE_MAX_BYTES } from "../../limits.js";
import { pause } from "../../pause.js";
import { printable } from "../../text.js";
import type { Border, HostFunction } from "../border.js";
import { readClock } from "../clock.js";
import { fillRandom } from "../random.js";
import type { ModelServices } from "../services.js";
import { ERRNO, WASI_FILE_FUNCTIONS, type WASI_FUNCTIONS, WASI_REFUSED } from "./abi.js";
import { fileFunctions } from "./file-functions.js";
import { LastLines } from "./last-lines.js";
import { LineWriter } from "./line-writer.js";
import { WasiFiles } from "./wasi-files.js";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const LOG_INFO = 0;
const LOG_WARNING = 1;
const CHARACTER_DEVICE = 2;
const FDSTAT_BYTES = 24;
const VECTOR_BYTES = 8;
const CLOCKS = 2;
const MILLISECOND = 1_000_000n;
const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
const CLOCK_EVENT = 0;
const ABSOLUTE = 1;

/**
 * WASI preview 1 for guests whose standard library needs it (wasi_snapshot_preview1 witx): it writes lines to the log, and provides clocks,
 * random numbers, the environment of the configuration, and the files beside the model. Sockets and arguments are not available.
 */
export class Wasi {
  readonly functions: Readonly<Record<string, HostFunction>>;
  private readonly border: Border;
  private readonly model: ModelServices;
  private readonly environment: readonly Uint8Array[];
  /** Undefined for a model without files. */
  private readonly files: WasiFiles | undefined;
  private readonly output: LineWriter;
  private readonly errors: LineWriter;
  /** The last lines on standard error in the current call. */
  private readonly last = new LastLines();

  constructor(border: Border, model: ModelServices) {
    this.border = border;
    this.model = model;
    const encoder = new TextEncoder();
    this.environment = Object.entries(model.environment).map(([name, value]) =>
      encoder.encode(`${name}=${value}\0`),
    );
    this.output = new LineWriter((line) => model.log(LOG_INFO, line));
    this.errors = new LineWriter((line) => {
      this.last.add(line);
      model.log(LOG_WARNING, line);
    });
    this.files = model.files === undefined ? undefined : new WasiFiles(border, model.files);
    const refused = Object.keys({ ...WASI_REFUSED, ...WASI_FILE_FUNCTIONS });
    this.functions = {
      ...Object.fromEntries(refused.map((name) => [name, () => ERRNO.notcapable])),
      ...this.implemented(),
      ...(this.files === undefined ? {} : fileFunctions(this.files)),
    };
  }

  /** Call it after each export: output without an end of line becomes a line. */
  flush(): void {
    this.output.flush();
    this.errors.flush();
  }

  /** Call it before each export. */
  forgetLastLines(): void {
    this.last.forget();
  }

  /** Describes the last lines on standard error, which may explain why an export failed. Call {@link flush} first. */
  lastLines(): string | undefined {
    return this.last.describe();
  }

  private implemented(): Record<keyof typeof WASI_FUNCTIONS, HostFunction> {
    return {
      args_get: () => ERRNO.success,
      args_sizes_get: (count: number, size: number) => this.putSizes(count, size, []),
      environ_get: (pointers: number, bytes: number) => this.putEnvironment(pointers, bytes),
      environ_sizes_get: (count: number, size: number) =>
        this.putSizes(count, size, this.environment),
      clock_res_get: (clock: number, target: number) => {
        if (clock >>> 0 >= CLOCKS) return ERRNO.inval;
        this.view(target, 8, "a clock's resolution").setBigUint64(0, MILLISECOND, true);
        return ERRNO.success;
      },
      clock_time_get: (clock: number, _precision: bigint, target: number) => {
        if (clock >>> 0 >= CLOCKS) return ERRNO.inval;
        this.view(target, 8, "a time").setBigUint64(0, readClock(clock), true);
        return ERRNO.success;
      },
      fd_close: (fd: number) =>
        isStandard(fd) ? ERRNO.success : this.filesDo((files) => files.close(fd)),
      fd_fdstat_get: (fd: number, target: number) => this.putFdStat(fd, target),
      // The first error ends the guest's search for folders.
      fd_prestat_get: (fd: number, target: number) =>
        this.filesDo((files) => files.prestat(fd, target)),
      fd_prestat_dir_name: (fd: number, target: number, length: number) =>
        this.filesDo((files) => files.prestatName(fd, target, length)),
      fd_read: (fd: number, vectors: number, count: number, read: number) => {
        if (fd !== STDIN) return this.filesDo((files) => files.read(fd, vectors, count, read));
        this.view(read, 4, "a number of bytes").setUint32(0, 0, true);
        return ERRNO.success;
      },
      fd_seek: (fd: number, offset: bigint, whence: number, target: number) =>
        isStandard(fd)
          ? ERRNO.spipe
          : this.filesDo((files) => files.seek(fd, offset, whence, target)),
      fd_write: (fd: number, vectors: number, count: number, written: number) =>
        this.write(fd, vectors, count, written),
      poll_oneoff: (from: number, to: number, count: number, events: number) =>
        this.poll(from, to, count, events),
      proc_exit: (status: number) => {
        this.flush();
        const words = this.lastLines();
        throw new StubError(
          "ERR_GUEST_EXIT",
          printable(
            `the model called proc_exit(${status >>> 0})${words === undefined ? "" : `; ${words}`}`,
          ),
          { status: status >>> 0 },
        );
      },
      random_get: (target: number, length: number) => {
        fillRandom(this.border, this.model, target, length);
        return ERRNO.success;
      },
      sched_yield: () => ERRNO.success,
    };
  }

  /** @returns EBADF for a model without files: it has no descriptor beside those of the standard */
  private filesDo(call: (files: WasiFiles) => number): number {
    return this.files === undefined ? ERRNO.badf : call(this.files);
  }

  private putSizes(count: number, size: number, strings: readonly Uint8Array[]): number {
    const bytes = strings.reduce((sum, { length }) => sum + length, 0);
    this.view(count, 4, "the number of strings").setUint32(0, strings.length, true);
    this.view(size, 4, "the size of the strings").setUint32(0, bytes, true);
    return ERRNO.success;
  }

  private putEnvironment(pointers: number, target: number): number {
    const { environment } = this;
    const length = environment.reduce((sum, { length }) => sum + length, 0);
    const table = this.view(pointers, environment.length * 4, "the environment's pointers");
    let at: number = this.border.range(target, length, "the environment");
    const { bytes } = this.border;
    for (const [index, entry] of environment.entries()) {
      table.setUint32(index * 4, at, true);
      bytes.set(entry, at);
      at += entry.length;
    }
    return ERRNO.success;
  }

  private putFdStat(fd: number, target: number): number {
    if (!isStandard(fd)) return this.filesDo((files) => files.fdstat(fd, target));
    const view = this.view(target, FDSTAT_BYTES, "a descriptor's state");
    for (let at = 0; at < FDSTAT_BYTES; at += 8) view.setBigUint64(at, 0n, true);
    view.setUint8(0, CHARACTER_DEVICE);
    return ERRNO.success;
  }

  /** Writes up to {@link WASI_WRITE_MAX_BYTES} of the guest's bytes. A partial write is allowed, as with any file. */
  private write(fd: number, vectors: number, count: number, written: number): number {
    if (fd !== STDOUT && fd !== STDERR) return ERRNO.badf;
    if (count >>> 0 > WASI_VECTORS_MAX) return ERRNO.inval;
    const table = this.view(vectors, (count >>> 0) * VECTOR_BYTES, "the pieces of an output");
    const total = this.view(written, 4, "a number of bytes");
    const writer = fd === STDOUT ? this.output : this.errors;
    let sum = 0;
    for (let index = 0; index < count >>> 0 && sum < WASI_WRITE_MAX_BYTES; index++) {
      const pointer = table.getUint32(index * VECTOR_BYTES, true);
      const length = table.getUint32(index * VECTOR_BYTES + 4, true);
      const at = this.border.range(pointer, length, "a piece of an output");
      const taken = Math.min(length, WASI_WRITE_MAX_BYTES - sum);
      writer.push(this.border.bytes.subarray(at, at + taken));
      sum += taken;
    }
    total.setUint32(0, sum, true);
    return ERRNO.success;
  }

  /** Sleeps until the first clock event. Other kinds of events are not supported. */
  private poll(from: number, to: number, count: number, events: number): number {
    if (count === 0 || count >>> 0 > WASI_VECTORS_MAX) return ERRNO.inval;
    const size = (count >>> 0) * SUBSCRIPTION_BYTES;
    const subscriptions = this.view(from, size, "subscriptions");
    const target = this.view(to, EVENT_BYTES, "an event");
    const number = this.view(events, 4, "a number of events");
    let shortest: { readonly wait: bigint; readonly user: bigint } | undefined;
    for (let at = 0; at < size; at += SUBSCRIPTION_BYTES) {
      if (subscriptions.getUint8(at + 8) !== CLOCK_EVENT) return ERRNO.notsup;
      const clock = subscriptions.getUint32(at + 16, true);
      if (clock >= CLOCKS) return ERRNO.inval;
      const time = subscriptions.getBigUint64(at + 24, true);
      const absolute = (subscriptions.getUint16(at + 40, true) & ABSOLUTE) !== 0;
      const wait = absolute ? time - readClock(clock) : time;
      const user = subscriptions.getBigUint64(at, true);
      if (shortest === undefined || wait < shortest.wait) shortest = { wait, user };
    }
    const { wait, user } = shortest!;
    if (wait > 0n) pause(Number((wait + MILLISECOND - 1n) / MILLISECOND));
    for (let at = 0; at < EVENT_BYTES; at += 8) target.setBigUint64(at, 0n, true);
    target.setBigUint64(0, user, true);
    number.setUint32(0, 1, true);
    return ERRNO.success;
  }

  /** @returns a checked range of the guest's memory */
  private view(pointer: number, length: number, what: string): DataView {
    const checked = this.border.wideRange(pointer, length, what);
    const { bytes } = this.border;
    // The pointer of an empty range is ignored.
    const at = length === 0 ? 0 : checked;
    return new DataView(bytes.buffer, bytes.byteOffset + at, length);
  }
}

function isStandard(fd: number): boolean {
  return fd >>> 0 <= STDERR;
}
