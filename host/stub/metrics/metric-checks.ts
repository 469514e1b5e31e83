import { METRIC_BUCKETS_MAX, METRIC_LABELS_MAX, METRIC_LABELS_MAX_BYTES } from "../../limits.js";
import { printable, shortened } from "../../text.js";
import { refusedMetric } from "./errors.js";

/** The server's own families, and those of `GuestStatistics`: a guest must not change or delete them. */
export const RESERVED_PREFIXES = ["nv_", "wasm_guest_"];

const NAME_MAX_LENGTH = 256;
/** The metric names that Prometheus accepts. */
const VALID_NAME = new RegExp(`^[a-zA-Z_:][a-zA-Z0-9_:]{0,${NAME_MAX_LENGTH - 1}}$`);

/** The label names that Prometheus accepts from applications. */
const VALID_LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
const MODEL_LABELS = ["model", "version"];
/** The label of a bucket's upper bound. */
const BUCKET_LABEL = "le";

/** @throws StubError ERR_METRIC_REFUSED for a name that a guest's metric may not have */
export function checkName(name: string): void {
  if (!VALID_NAME.test(name)) {
    throw refusedMetric(
      printable(name.slice(0, NAME_MAX_LENGTH)),
      `a metric's name must begin with a letter, _ or :, contain only these and digits, and have at most ${NAME_MAX_LENGTH} characters`,
    );
  }
  const reserved = RESERVED_PREFIXES.find((prefix) => name.startsWith(prefix));
  if (reserved !== undefined) {
    throw refusedMetric(name, `names that begin with ${reserved} are reserved; use another name`);
  }
}

/**
 * Checks the labels that a guest gives a metric.
 * @returns them in the order of their names, so that the same labels are the same metric
 * @throws StubError ERR_METRIC_REFUSED with the reason
 */
export function checkedLabels(
  name: string,
  isHistogram: boolean,
  labels: readonly (readonly [label: string, value: string])[],
): Record<string, string> {
  if (labels.length > METRIC_LABELS_MAX) {
    throw refusedMetric(
      name,
      `it has ${labels.length} labels, above the limit of ${METRIC_LABELS_MAX}`,
    );
  }
  const bytes = Buffer.byteLength(labels.flat().join(""));
  if (bytes > METRIC_LABELS_MAX_BYTES) {
    const reason = `its labels have ${bytes} bytes, above the limit of ${METRIC_LABELS_MAX_BYTES}`;
    throw refusedMetric(name, reason);
  }
  const checked = new Map<string, string>();
  for (const [label, value] of labels) {
    const reason = reasonAgainst(label, isHistogram, checked);
    if (reason !== undefined) {
      throw refusedMetric(name, `its label '${shortened(printable(label))}' ${reason}`);
    }
    checked.set(label, printable(value));
  }
  return Object.fromEntries([...checked].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function reasonAgainst(
  label: string,
  isHistogram: boolean,
  others: ReadonlyMap<string, string>,
): string | undefined {
  if (!VALID_LABEL.test(label)) {
    return "must begin with a letter or one _, and contain only these and digits";
  }
  if (MODEL_LABELS.includes(label)) return "is one that every metric has; use another name";
  if (isHistogram && label === BUCKET_LABEL) return "is that of a bucket; use another name";
  return others.has(label) ? "comes twice" : undefined;
}

/** @throws StubError ERR_METRIC_REFUSED unless the bounds fit the kind and ascend */
export function checkBuckets(name: string, isHistogram: boolean, buckets: readonly number[]): void {
  if (!isHistogram) {
    if (buckets.length === 0) return;
    throw refusedMetric(name, "it has buckets, but only a histogram has them");
  }
  if (buckets.length === 0 || buckets.length > METRIC_BUCKETS_MAX) {
    const reason = `it has ${buckets.length} buckets: a histogram has 1 to ${METRIC_BUCKETS_MAX}`;
    throw refusedMetric(name, reason);
  }
  const ascend = buckets.every(
    (bound, index) => Number.isFinite(bound) && (index === 0 || bound > buckets[index - 1]!),
  );
  if (!ascend) throw refusedMetric(name, "its buckets must be finite numbers in ascending order");
}
