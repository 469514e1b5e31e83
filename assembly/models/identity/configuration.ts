import { NO_INTEGER } from "../../sdk/decimal";
import { JsonValue } from "../../sdk/json-value";
import { MetricKind } from "../../sdk/metric-kind";
import {
  fail,
  instance_ordinal,
  instance_restarts,
  last_error,
  metric_new,
} from "../../sdk/triton_v1";
import { utf8 } from "../../sdk/utf8";
import { awaitCreation, readExecuteDelay } from "./delays";
import { Identity } from "./identity";
import { readPairs } from "./pairs";
import { warnOfTracing } from "./tracing";

const COUNTER_NAME = "input_byte_size_counter";
const REASON_BYTES: i32 = 1024;
const reason: usize = memory.data(REASON_BYTES);

const COUNTER_HELP = "Cumulative input byte size of all requests received by the model";

/**
 * Checks the configuration in NVIDIA's order, so that the same one of several mistakes is told; waits if it says so.
 * @returns null after a refusal
 */
export function configure(config: JsonValue): Identity | null {
  const pairs = readPairs(config);
  if (pairs == null) return null;
  const maxBatchSize = config.get("max_batch_size");
  const model = new Identity(pairs, maxBatchSize != null && maxBatchSize.integer > 0);
  const ordinal = instance_ordinal();
  const delay = readExecuteDelay(config, ordinal);
  if (delay == NO_INTEGER) return null;
  model.delayMs = <u32>delay;
  // What happens once per version is the first instance's to do, and not again when its guest has to be replaced.
  const first = ordinal == 0 && instance_restarts() == 0;
  if (!warnOfTracing(config, first)) return null;
  if (!awaitCreation(config, first)) return null;
  const name = utf8(COUNTER_NAME);
  const help = utf8(COUNTER_HELP);
  model.counter = metric_new(MetricKind.Counter, name.start, name.length, help.start, help.length);
  if (model.counter >= 0) return model;
  fail(reason, min(last_error(reason, REASON_BYTES), REASON_BYTES));
  return null;
}
