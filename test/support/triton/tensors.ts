/** A tensor as it travels: the raw bytes of its elements, little endian, row-major; BYTES with length prefixes. */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Triton's datatypes by the names of the inference protocol, with the bytes of an element; BYTES elements vary. */
export const DATATYPES = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  FP32: 4,
  FP64: 8,
  BYTES: undefined,
  BF16: 2,
} as const satisfies Record<string, number | undefined>;

export type Datatype = keyof typeof DATATYPES;

export const DATATYPE_NAMES = Object.keys(DATATYPES) as readonly Datatype[];

/** The name of a datatype in a model configuration: TYPE_STRING for BYTES, TYPE_<name> for all others. */
export function configName(datatype: Datatype): string {
  return datatype === "BYTES" ? "TYPE_STRING" : `TYPE_${datatype}`;
}

/** Number of elements of a shape; 1 for no dimensions. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** Splits the bytes of a BYTES tensor into its elements. Throws a RangeError on broken framing. */
export function decodeBytes(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at, true);
    if (at + 4 + length > bytes.length) {
      throw new RangeError(`element ${elements.length} of ${length} bytes ends behind the tensor`);
    }
    elements.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return elements;
}

/** The bytes of a BYTES tensor with these elements. */
export function encodeBytes(elements: readonly (Uint8Array | string)[]): Uint8Array {
  const raw = elements.map((element) => Buffer.from(element as Uint8Array));
  const result = new Uint8Array(raw.reduce((sum, element) => sum + 4 + element.length, 0));
  const view = new DataView(result.buffer);
  let at = 0;
  for (const element of raw) {
    view.setUint32(at, element.length, true);
    result.set(element, at + 4);
    at += 4 + element.length;
  }
  return result;
}

/** A tensor of 32-bit floats, for the examples and simple tests. */
export function floats(name: string, values: readonly number[], shape = [values.length]): Tensor {
  return { name, datatype: "FP32", shape, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

/** True when name, datatype, shape and all bytes are the same. */
export function sameTensor(one: Tensor, other: Tensor): boolean {
  return (
    one.name === other.name &&
    one.datatype === other.datatype &&
    one.shape.length === other.shape.length &&
    one.shape.every((dim, index) => dim === other.shape[index]) &&
    Buffer.compare(one.bytes, other.bytes) === 0
  );
}
