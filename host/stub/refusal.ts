import { StubError } from "../errors.js";
import { exitProcess } from "../libc/process.js";
import { HEALTH_PERIOD_MS, REGION_MAX_BYTES } from "../limits.js";
import { claimedBytes } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import { MessageQueue } from "../shm/queue.js";
import type { Region } from "../shm/region.js";
import { type Control, queueLayout, readControl, retainQueues } from "../wire/control.js";
import { IpcMessageCodec } from "../wire/ipc-message.js";
import { offsetsOf } from "../wire/layout.js";
import { LAYOUTS } from "../wire/layouts/index.js";
import { WireReader } from "../wire/reader.js";
import type { StubArguments } from "./arguments.js";
import { beatHealth } from "./health.js";
import { ParentWatch } from "./parent-watch.js";

/** These numbers and the structs below are the same in every release from 23.06 to 26.07 (layouts.json). */
const EXECUTE_REQUEST = 0;
const INITIALIZE_REQUEST = 2;
/** Up to 23.10, and from 23.11. */
const AUTO_COMPLETE_REQUESTS: readonly number[] = [12, 14];
export const FINALIZE_REQUESTS: readonly number[] = [4, 5];

/** References that nobody gives back: the scratch blocks below are never freed as blocks of their own. */
const PINNED_REFERENCES = 1 << 20;

/**
 * Tells the server why this process cannot serve the model, where nothing is known of the server but what all releases
 * share. It allocates nothing: answers are written into the request's own message and into the text that came with
 * it, which the server does not read again.
 */
export class Refusal {
  private readonly region: Region;
  private readonly reader: WireReader;
  private readonly sentence: string;
  private readonly layout = LAYOUTS[LAYOUTS.length - 1]!;
  private readonly message = new IpcMessageCodec(this.layout);
  private readonly string = offsetsOf(this.layout, "StringShm", "data", "length");
  private readonly control: Control;
  private readonly commands: MessageQueue;
  private readonly answers: MessageQueue;
  private readonly watch: ParentWatch;
  private readonly controlHandle: number;

  private readonly failBatch: (() => void) | undefined;

  /**
   * @param sentence why the model cannot be served
   * @param failBatch answers an ExecuteRequest with an error, where enough is known of the server for that
   */
  constructor(region: Region, args: StubArguments, sentence: string, failBatch?: () => void) {
    this.failBatch = failBatch;
    this.region = region;
    this.reader = new WireReader(region);
    this.sentence = sentence;
    this.controlHandle = args.controlHandle;
    this.control = readControl(this.reader, this.layout, args.controlHandle);
    const queue = queueLayout(this.layout);
    this.commands = new MessageQueue(region, this.control.stubMessageQueue, queue, "command queue");
    this.answers = new MessageQueue(region, this.control.parentMessageQueue, queue, "answer queue");
    this.watch = new ParentWatch(args.pid);
  }

  /** Serves the server from the beginning until it gives up the instance. Ends the process. */
  run(): never {
    retainQueues(this.reader, this.layout, this.control);
    // The first message is popped and never read; the control block's handle is a real one.
    this.push(this.controlHandle);
    this.follow();
  }

  /** As {@link run}, when the server knows already that this process is alive. */
  follow(): never {
    for (;;) this.serve(this.pop());
  }

  /**
   * Goes on where another part of this process cannot.
   * @param command handle of the message that it has stopped at
   */
  takeOver(command: number): never {
    this.serve(command);
    this.follow();
  }

  private serve(handle: number): void {
    if (handle <= 0) return;
    this.followGrowth();
    this.message.decode(this.reader, handle);
    const { command, args } = this.message;
    if (AUTO_COMPLETE_REQUESTS.includes(command)) {
      // Up to 24.04 a server that is told of a failure here waits for the end of any of its stubs. The refusal follows when the
      // instance is initialised, or with its first request.
      this.answer(handle, command + 1, this.unchangedRecord(handle, args));
      while (this.pop() !== 0);
    } else if (command === INITIALIZE_REQUEST) {
      const scratch = this.longestValue(args);
      this.answer(handle, command + 1, this.failureRecord(scratch));
      while (this.pop() !== 0);
      exitProcess(1);
    } else if (command === EXECUTE_REQUEST && this.failBatch !== undefined) {
      this.failBatch();
      while (this.pop() !== 0);
    } else if (FINALIZE_REQUESTS.includes(command)) {
      this.answer(handle, command + 1, args);
      exitProcess(0);
    }
  }

  /** Maps what the server has added: a configuration of more than the region's first size lies there. */
  private followGrowth(): void {
    this.region.extendMapping(Math.min(claimedBytes(this.region), REGION_MAX_BYTES));
  }

  private answer(message: number, command: number, args: number): void {
    this.message.overwriteCommand(this.reader, message, command);
    this.message.overwriteArgs(this.reader, message, args);
    this.push(message);
  }

  /**
   * An AutoCompleteResponseShm with the configuration that came, laid over the request's own message: what is unused there
   * has the record's size, and the command in front serves as its reference count, which never falls to zero.
   *
   * ```
   *  message:  command | args | inline_response .. response_cond
   *  record:   ownership word | AutoCompleteResponseShm
   * ```
   *
   * @returns the record's handle
   */
  private unchangedRecord(message: number, config: number): number {
    const at = offsetsOf(
      this.layout,
      "AutoCompleteResponseShm",
      "response_has_model_config",
      "response_model_config",
    );
    const record = message + OWNERSHIP_BYTES;
    const object = record + OWNERSHIP_BYTES;
    this.reader.requireRange(object, at.bytes, "a message");
    this.region.bytes.fill(0, object, object + at.bytes);
    this.region.view.setUint8(object + at.response_has_model_config, 1);
    this.region.view.setUint32(object + at.response_model_config, config, true);
    return record;
  }

  /** Room in the instance's arguments. */
  private longestValue(args: number): Scratch {
    const dict = offsetsOf(this.layout, "DictShm", "length", "values");
    const pair = offsetsOf(this.layout, "PairShm", "key", "value");
    const object = this.reader.objectOf(args, dict.bytes, "the instance's arguments");
    const count = this.reader.u32(object + dict.length);
    const pairs = this.reader.object(object + dict.values, count * pair.bytes, "the arguments");
    let scratch: Scratch = { at: 0, end: 0 };
    for (let index = 0; index < count; index++) {
      const value = this.reader.u64(pairs + index * pair.bytes + pair.value);
      const candidate = this.textScratch(value);
      if (candidate.end - candidate.at > scratch.end - scratch.at) scratch = candidate;
    }
    return scratch;
  }

  /** An InitializeResponseShm that says why the instance cannot be used. */
  private failureRecord(scratch: Scratch): number {
    const text = new TextEncoder().encode(this.sentence);
    const response = offsetsOf(
      this.layout,
      "InitializeResponseShm",
      "response_has_error",
      "response_is_error_set",
      "response_error",
    );
    const { view, bytes } = this.region;
    const record = this.scratchBlock(scratch, response.bytes);
    const string = this.scratchBlock(scratch, this.string.bytes);
    const room = scratch.end - scratch.at - OWNERSHIP_BYTES;
    const characters = this.scratchBlock(scratch, Math.min(text.length, room));
    bytes.set(text.subarray(0, room), characters + OWNERSHIP_BYTES);
    view.setUint32(string + OWNERSHIP_BYTES + this.string.data, characters, true);
    view.setUint32(
      string + OWNERSHIP_BYTES + this.string.length,
      Math.min(text.length, room),
      true,
    );
    view.setUint8(record + OWNERSHIP_BYTES + response.response_has_error, 1);
    view.setUint8(record + OWNERSHIP_BYTES + response.response_is_error_set, 1);
    view.setUint32(record + OWNERSHIP_BYTES + response.response_error, string, true);
    return record;
  }

  /** The characters of the string at `handle`, as room to write in. */
  private textScratch(handle: number): Scratch {
    const object = this.reader.objectOf(handle, this.string.bytes, "a text");
    const length = this.reader.u64(object + this.string.length);
    if (length === 0) return { at: 0, end: 0 };
    const at = this.reader.object(object + this.string.data, length, "a text");
    return { at, end: at + length };
  }

  /** Cuts a zeroed block off the scratch. @returns its handle */
  private scratchBlock(scratch: Scratch, objectBytes: number): number {
    const handle = Math.ceil(scratch.at / 16) * 16;
    const end = handle + OWNERSHIP_BYTES + objectBytes;
    if (end > scratch.end) {
      throw new StubError("ERR_MESSAGE_INVALID", "the server's message has no room for an answer");
    }
    this.region.bytes.fill(0, handle, end);
    this.region.view.setUint32(handle, PINNED_REFERENCES, true);
    scratch.at = end;
    return handle;
  }

  private push(handle: number): void {
    while (!this.answers.push(handle, HEALTH_PERIOD_MS)) this.beat();
  }

  private pop(): number {
    for (;;) {
      this.beat();
      const handle = this.commands.pop(HEALTH_PERIOD_MS);
      if (handle >= 0) return handle;
    }
  }

  private beat(): void {
    if (!this.watch.alive()) exitProcess(1);
    beatHealth(this.region, this.control);
  }
}

interface Scratch {
  at: number;
  end: number;
}
