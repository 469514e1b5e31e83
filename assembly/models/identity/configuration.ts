import { abi, JsonValue, lastError, Metric, MetricKind, NO_INTEGER } from "../../sdk";
import { awaitCreation, readExecuteDelay } from "./delays";
import { Identity } from "./identity";
import { readPairs } from "./pairs";
import { refuseWith } from "./refusal";
import { warnOfTracing } from "./tracing";

const COUNTER_NAME = "input_byte_size_counter";
const COUNTER_HELP = "Cumulative input byte size of all requests received by the model";

/**
 * Checks the configuration in the order of NVIDIA's backend, so that it reports the same one of several mistakes. Waits for
 * `creation_delay_sec`.
 * @returns null after a refusal
 */
export function configure(config: JsonValue): Identity | null {
  const pairs = readPairs(config);
  if (pairs == null) return null;
  const maxBatchSize = config.get("max_batch_size");
  const model = new Identity(pairs, maxBatchSize != null && maxBatchSize.integer > 0);
  const ordinal = abi.instance_ordinal();
  const delay = readExecuteDelay(config, ordinal);
  if (delay == NO_INTEGER) return null;
  model.delayMs = <u32>delay;
  // Only the first instance does what happens once per version, and it does not repeat it when its guest is replaced.
  const first = ordinal == 0 && abi.instance_restarts() == 0;
  if (!warnOfTracing(config, first)) return null;
  if (!awaitCreation(config, first)) return null;
  const counter = new Metric(MetricKind.Counter, COUNTER_NAME, COUNTER_HELP);
  model.counter = counter;
  if (!counter.isRefused) return model;
  refuseWith(lastError());
  return null;
}
