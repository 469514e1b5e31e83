import { StubError } from "../errors.js";
import { type ModelImport, STATUS_NONE, STATUS_OK } from "./abi.js";
import { type Border, checkIndex, type HostFunction } from "./border.js";
import type { GuestGate, ModelServices } from "./services.js";

/** Levels beyond the last, verbose, count as verbose. */
const LOG_LEVELS = 4;

/** Nothing ever wakes a sleeper but time, or the end of its thread. */
const NEVER_CHANGES = new Int32Array(new SharedArrayBuffer(4));

/** The host functions of the model. */
export function modelImports(
  border: Border,
  model: ModelServices,
  gate: GuestGate,
): Record<ModelImport, HostFunction> {
  return {
    argument: (key, keyLength, target, capacity) => {
      const value = model.argument(border.text(key!, keyLength!, "an argument's key"));
      if (value === undefined) return STATUS_NONE;
      return border.write(value, target!, capacity!, "a buffer for an argument");
    },
    instance_ordinal: () => model.ordinal,
    instance_restarts: () => border.restarts,
    fail: (text, length) => {
      border.failure = border.line(text!, length!, "an error text");
      return STATUS_OK;
    },
    log: (level, text, length) => {
      model.log(logLevel(level!), border.line(text!, length!, "a log text"));
      return STATUS_OK;
    },
    log_enabled: (level) => (model.logEnabled(logLevel(level!)) ? 1 : 0),
    sleep: (milliseconds) => {
      // Asleep it holds nothing and may be ended as in the guest itself: a deadline counts here, too.
      gate.enterGuest();
      Atomics.wait(NEVER_CHANGES, 0, 0, milliseconds! >>> 0);
      gate.leaveGuest();
      return STATUS_OK;
    },
    counter_new: (name, nameLength, help, helpLength) =>
      model.newCounter(
        border.text(name!, nameLength!, "a counter's name"),
        border.line(help!, helpLength!, "a counter's help"),
      ),
    counter_add: (counter, by) => {
      const index = checkIndex("counter", counter!, model.counterCount());
      if (!(by! >= 0 && by! < Number.POSITIVE_INFINITY)) {
        throw new StubError(
          "ERR_GUEST_ARGUMENT",
          `the model adds ${by} to counter ${index}: it must be a finite number that is not negative`,
          { counter: index, by },
        );
      }
      model.addToCounter(index, by!);
      return STATUS_OK;
    },
  };
}

function logLevel(level: number): number {
  return Math.min(level >>> 0, LOG_LEVELS - 1);
}
