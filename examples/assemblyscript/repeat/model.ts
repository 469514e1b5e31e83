/**
 * Answers a request with one response for each element of IN: OUT is the element and IDX its index. DELAY has the milliseconds before each
 * response. The execution itself takes WAIT milliseconds; the responses come after it, so requests are served side by side.
 */
import { abi, Datatype, ErrorCode, Model, pollAfter, Request, Tensor } from "../../../assembly/sdk";

const NS_PER_MS: i64 = 1000000;

function monotonicMs(): i64 {
  return abi.clock(1) / NS_PER_MS;
}

/** A request with responses to come. */
class Stream {
  at: i32 = 0;
  dueMs: i64 = 0;

  constructor(
    readonly request: Request,
    readonly values: StaticArray<i32>,
    readonly delays: StaticArray<i32>,
  ) {}

  /** Sets the time of the next response. */
  next(): void {
    const delay = u32(this.delays[this.at]);
    this.dueMs = monotonicMs() + delay;
    pollAfter(delay);
  }

  /** Sends the next response. */
  send(): void {
    const response = this.request.response;
    const shape: StaticArray<i64> = [1];
    const out = response.output("OUT");
    const value: StaticArray<i32> = [this.values[this.at]];
    if (out != null) {
      out.create(Datatype.Int32, shape, 4);
      out.write(0, changetype<usize>(value), 4);
    }
    const idx = response.output("IDX");
    const index: StaticArray<i32> = [this.at];
    if (idx != null) {
      idx.create(Datatype.Uint32, shape, 4);
      idx.write(0, changetype<usize>(index), 4);
    }
    this.at += 1;
    if (this.isDone) response.finish();
    else response.send();
  }

  get isDone(): bool {
    return this.at == this.values.length;
  }
}

class Repeat extends Model {
  private streams: Stream[] = [];

  execute(request: Request): void {
    const response = request.response;
    const values = integers(request, "IN", Datatype.Int32);
    const delays = integers(request, "DELAY", Datatype.Uint32);
    const wait = integers(request, "WAIT", Datatype.Uint32);
    if (values == null || delays == null || wait == null) return;
    if (values.length != delays.length || wait.length != 1) {
      response.error(ErrorCode.InvalidArg, "IN and DELAY must have as many elements, and WAIT one");
      return;
    }
    if (values.length == 0) {
      response.finish();
      return;
    }
    const kept = request.keep();
    if (kept == null) {
      response.error(ErrorCode.Unavailable, "too many requests are open: send it later");
      return;
    }
    const stream = new Stream(kept, values, delays);
    this.streams.push(stream);
    abi.sleep(u32(wait[0]));
    stream.next();
  }

  poll(): void {
    const open: Stream[] = [];
    for (let index = 0; index < this.streams.length; index++) {
      const stream = this.streams[index];
      const left = stream.dueMs - monotonicMs();
      if (left > 0) {
        pollAfter(u32(left));
      } else {
        stream.send();
        if (stream.isDone) continue;
        stream.next();
      }
      open.push(stream);
    }
    this.streams = open;
  }
}

/** Returns the elements of an input of 32-bit integers; null when the request was answered with an error. */
function integers(request: Request, name: string, datatype: Datatype): StaticArray<i32> | null {
  const input: Tensor | null = request.requireInput(name);
  if (input == null || !input.requireDatatype(datatype)) return null;
  if (input.requireShape() == null) return null;
  const elements = new StaticArray<i32>(input.byteSize / 4);
  input.read(0, changetype<usize>(elements), elements.length * 4);
  return elements;
}

const model = new Repeat();

export function triton_execute(): i32 {
  return model.onExecute();
}

export function triton_poll(): i32 {
  return model.onPoll();
}
