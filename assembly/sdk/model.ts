import { modelParameter } from "./config";
import { LogLevel } from "./log";
import { Request } from "./request";
import {
  argument,
  fail,
  last_error,
  log,
  poll_after,
  request_count,
  set_model_config,
} from "./triton_v1";

/**
 * A model. Its module creates one object and exports the functions that the host calls:
 *
 *     class Mine extends Model { execute(request: Request): void { … } }
 *     const model = new Mine();
 *     export function triton_initialize(): i32 { return model.onInitialize(); }
 *     export function triton_execute(): i32 { return model.onExecute(); }
 *     export function triton_poll(): i32 { return model.onPoll(); }   // only if the model keeps requests
 *     export function triton_is_ready(): i32 { return model.onIsReady(); }   // only if the model overrides isReady
 *
 * After each request the garbage collector frees the memory that is not reachable from the model.
 */
export abstract class Model {
  /** Answers a request through its `response`. */
  abstract execute(request: Request): void;

  /** Answers a batch, request by request. Override it to do something once per batch. */
  executeBatch(): void {
    const count = request_count();
    for (let index = 0; index < count; index++) {
      this.execute(new Request(index));
      // The runtime "minimal" only collects on request. At this point the stack has no references to objects of the request.
      __collect();
    }
  }

  /** The host calls it when a time has come that was asked for with {@link pollAfter}. A model that calls that must override it. */
  poll(): void {
    throw new Error("the model called pollAfter, but does not override poll");
  }

  /**
   * The host calls it between batches when a client asks whether the model is ready (Triton 26.03 and newer). It must return within a
   * second.
   */
  isReady(): bool {
    return true;
  }

  /**
   * The host calls it once, before the first batch.
   * @returns why the model cannot be loaded; null for success
   */
  initialize(): string | null {
    return null;
  }

  /** The host calls it when the server unloads the model. */
  finalize(): void {}

  /**
   * Completes the model's configuration.
   * @param config the configuration as a JSON object
   * @returns the completed configuration; null for no changes
   */
  // biome-ignore lint/correctness/noUnusedFunctionParameters: for the models that override it
  autoComplete(config: string): string | null {
    return null;
  }

  /** The string value of a parameter in the model's configuration; null when the model does not have it. */
  parameter(key: string): string | null {
    return modelParameter(key);
  }

  onInitialize(): i32 {
    const failure = this.initialize();
    if (failure == null) return 0;
    const text = String.UTF8.encode(failure);
    fail(changetype<usize>(text), text.byteLength);
    return 1;
  }

  onExecute(): i32 {
    this.executeBatch();
    return 0;
  }

  onPoll(): i32 {
    this.poll();
    __collect();
    return 0;
  }

  onIsReady(): i32 {
    return this.isReady() ? 1 : 0;
  }

  onAutoComplete(): i32 {
    const completed = this.autoComplete(readText("model_config"));
    if (completed == null) return 0;
    const text = String.UTF8.encode(completed);
    return set_model_config(changetype<usize>(text), text.byteLength);
  }
}

/**
 * Reads an argument that the server passed when it initialised the instance; empty for an unknown key.
 * @param key one of the keys in docs/guest-abi.md
 */
export function readText(key: string): string {
  const name = String.UTF8.encode(key);
  const length = argument(changetype<usize>(name), name.byteLength, 0, 0);
  if (length <= 0) return "";
  const bytes = new ArrayBuffer(length);
  argument(changetype<usize>(name), name.byteLength, changetype<usize>(bytes), length);
  return String.UTF8.decode(bytes);
}

/** Asks for a call of {@link Model.poll} after this time; the earliest one counts. The module must export `triton_poll`. */
export function pollAfter(milliseconds: u32): void {
  poll_after(milliseconds);
}

/** Writes a line to the server's log. */
export function logText(level: LogLevel, line: string): void {
  const text = String.UTF8.encode(line);
  log(level, changetype<usize>(text), text.byteLength);
}

/** Why the host refused a call last, such as a metric; empty when it has refused none. */
export function lastError(): string {
  const length = last_error(0, 0);
  const bytes = new ArrayBuffer(length);
  last_error(changetype<usize>(bytes), length);
  return String.UTF8.decode(bytes);
}
