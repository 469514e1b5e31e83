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
 * A model. Its module makes one and exports what the host calls:
 *
 *     class Mine extends Model { execute(request: Request): void { … } }
 *     const model = new Mine();
 *     export function triton_initialize(): i32 { return model.onInitialize(); }
 *     export function triton_execute(): i32 { return model.onExecute(); }
 *
 * Memory that a request allocates is collected when it has been answered: what is to stay must be reachable from the model.
 */
export abstract class Model {
  /** Answers a request by its `response`. */
  abstract execute(request: Request): void;

  /** Answers a batch, request by request. A model overrides it that does something once per batch. */
  executeBatch(): void {
    const count = request_count();
    for (let index = 0; index < count; index++) {
      this.execute(new Request(index));
      // The runtime "minimal" collects only when it is told to, and here nothing of the request is on the stack any more.
      __collect();
    }
  }

  /** Once, before the first batch. @returns why the model cannot be loaded; null when it can */
  initialize(): string | null {
    return null;
  }

  /** When the server unloads the model. */
  finalize(): void {}

  /** @param config text of the configuration's JSON object @returns the completed one; null to leave it as it is */
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

/** What the server said when it initialised the instance; empty for an unknown key. @param key as in docs/guest-abi.md */
export function readText(key: string): string {
  const name = String.UTF8.encode(key);
  const length = argument(changetype<usize>(name), name.byteLength, 0, 0);
  if (length <= 0) return "";
  const bytes = new ArrayBuffer(length);
  argument(changetype<usize>(name), name.byteLength, changetype<usize>(bytes), length);
  return String.UTF8.decode(bytes);
}

/** A line in the server's log. */
export function logText(level: LogLevel, line: string): void {
  const text = String.UTF8.encode(line);
  log(level, changetype<usize>(text), text.byteLength);
}

/** Why the host has refused something last, such as a metric; empty when it has refused nothing. */
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

  /** Whether the host has refused it: {@link lastError} has the reason, and what is added counts nothing. */
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

  /** @param by finite; for a counter not negative @returns whether it was added */
  add(by: f64): bool {
    return metric_add(this.index, by) == 0;
  }

  /** Of a gauge. @param value finite @returns whether it was set */
  set(value: f64): bool {
    return metric_set(this.index, value) == 0;
  }
}
