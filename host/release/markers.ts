/**
 * What `libtriton_python.so` of each variant of the protocol contains. The list is read from the top: the first line that applies names
 * the oldest release of the library's variant. API names are in the dynamic string table between NUL bytes, texts anywhere.
 * Source: the sources of python_backend r23.06 to r26.07 and twelve real libraries (docs/internals/release-detection.md).
 */
export interface Marker {
  /** Oldest release of the variant. */
  readonly variant: string;
  readonly api?: string;
  readonly text?: string;
  /** Whether the line applies when the marker is in the library, or when it is missing. */
  readonly present: boolean;
}

export const MARKERS: readonly Marker[] = [
  { variant: "23.06", api: "TRITONSERVER_ServerUnloadModelAndDependents", present: false },
  { variant: "23.07", api: "TRITONBACKEND_RequestTrace", present: false },
  { variant: "23.08", api: "TRITONBACKEND_RequestIsCancelled", present: false },
  { variant: "23.10", api: "TRITONSERVER_InferenceRequestSetStringParameter", present: false },
  { variant: "23.11", api: "TRITONBACKEND_InferenceRequestTimeoutMicroseconds", present: false },
  { variant: "23.12", api: "TRITONSERVER_InferenceTraceContext", present: false },
  { variant: "24.03", api: "TRITONBACKEND_RequestCorrelationIdString", present: false },
  {
    variant: "24.04",
    text: "Stub process is unhealthy and it will be restarted.",
    present: true,
  },
  { variant: "24.06", api: "TRITONSERVER_MetricNewWithArgs", present: false },
  { variant: "24.08", api: "TRITONBACKEND_ResponseDelete", present: false },
  { variant: "24.10", api: "TRITONSERVER_InferenceResponseParameterCount", present: false },
  { variant: "25.02", api: "TRITONSERVER_InferenceRequestCancel", present: false },
  {
    variant: "25.04",
    text: "Timed out waiting for user-defined is_ready() response",
    present: false,
  },
];

/** The variant of a library to which no line of {@link MARKERS} applies. */
export const NEWEST_VARIANT = "26.03";

/** The library of every release imports this function. A file without it is not the library. */
export const LIBRARY_MARKER = "TRITONBACKEND_ModelInstanceExecute";
