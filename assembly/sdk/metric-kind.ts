/** Kinds of metrics, with the numbers of TRITONSERVER_MetricKind. */
export enum MetricKind {
  Counter = 0,
  Gauge = 1,
  /** From Triton 24.08 on. */
  Histogram = 2,
}
