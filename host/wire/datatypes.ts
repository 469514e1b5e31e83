/**
 * `TRITONSERVER_DataType`. The index is the number; `name` is that of KServe v2; `bytes` is the size of an element (0: elements differ in
 * size).
 */
export const DATATYPES = [
  { name: "INVALID", bytes: 0 },
  { name: "BOOL", bytes: 1 },
  { name: "UINT8", bytes: 1 },
  { name: "UINT16", bytes: 2 },
  { name: "UINT32", bytes: 4 },
  { name: "UINT64", bytes: 8 },
  { name: "INT8", bytes: 1 },
  { name: "INT16", bytes: 2 },
  { name: "INT32", bytes: 4 },
  { name: "INT64", bytes: 8 },
  { name: "FP16", bytes: 2 },
  { name: "FP32", bytes: 4 },
  { name: "FP64", bytes: 8 },
  { name: "BYTES", bytes: 0 },
  { name: "BF16", bytes: 2 },
] as const;

/** Numbers of {@link DATATYPES} that the code handles specially. */
export const DATATYPE = { bytes: 13 } as const;
