import { LogLevel } from "./log";
import { MetricKind } from "./metric-kind";
import { Request } from "./request";
import {
  argument,
  fail,
  last_error,
  log,
  metric_add,
  metric_new,
  metric_set,
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
 *
 * The memory of a request is collected after its answer. Data that the model keeps must be reachable from the model.
 */
export abstract class Model {
  /** Answers a request by its `response`. */
  abstract execute(request: Request): void;

  /** Answers a batch, request by request. Override it for work that is done once per batch. */
  executeBatch(): void {
    const count = request_count();
    for (let index = 0; index < count; index++) {
      this.execute(new Request(index));
      // The runtime "minimal" collects only on request, and at this point the stack has no pointers to the request's objects.
      __collect();
    }
  }

  /** Called once, before the first batch. @returns the error of the load; null for success */
  initialize(): string | null {
    return null;
  }

  /** Called when the server unloads the instance. */
  finalize(): void {}

  /** @param config the configuration as JSON @returns the completed configuration; null to keep it */
  // biome-ignore lint/correctness/noUnusedFunctionParameters: for the models that override it
  autoComplete(config: string): string | null {
    return null;
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

  onAutoComplete(): i32 {
    const completed = this.autoComplete(readText("model_config"));
    if (completed == null) return 0;
    const text = String.UTF8.encode(completed);
    return set_model_config(changetype<usize>(text), text.byteLength);
  }
}

/** An argument with which the server initialised the instance; empty for an unknown key. @param key as in docs/guest-abi.md */
export function readText(key: string): string {
  const name = String.UTF8.encode(key);
  const length = argument(changetype<usize>(name), name.byteLength, 0, 0);
  if (length <= 0) return "";
  const bytes = new ArrayBuffer(length);
  argument(changetype<usize>(name), name.byteLength, changetype<usize>(bytes), length);
  return String.UTF8.decode(bytes);
}

/** Writes a line to the server's log. */
export function logText(level: LogLevel, line: string): void {
  const text = String.UTF8.encode(line);
  log(level, changetype<usize>(text), text.byteLength);
}

/** The reason of the host's last refusal, for example of a metric; empty if nothing was refused. */
export function lastError(): string {
  const length = last_error(0, 0);
  const bytes = new ArrayBuffer(length);
  last_error(changetype<usize>(bytes), length);
  return String.UTF8.decode(bytes);
}

/** A counter or gauge on the server's metrics page, with the model's name and version as labels. */
@final
export class Metric {
  private readonly index: i32;

  /** Whether the host has refused the metric. {@link lastError} has the reason, and changes have no effect. */
  get isRefused(): bool {
    return this.index < 0;
  }

  constructor(kind: MetricKind, name: string, help: string) {
    const nameText = String.UTF8.encode(name);
    const helpText = String.UTF8.encode(help);
    this.index = metric_new(
      kind,
      changetype<usize>(nameText),
      nameText.byteLength,
      changetype<usize>(helpText),
      helpText.byteLength,
    );
  }

  /** Adds to the metric. @param by finite; for a counter not negative @returns whether it was added */
  add(by: f64): bool {
    return metric_add(this.index, by) == 0;
  }

  /** Sets a gauge. @param value finite @returns whether it was set */
  set(value: f64): bool {
    return metric_set(this.index, value) == 0;
  }
}
