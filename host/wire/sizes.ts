/** Bytes of a handle in a list of them (all releases). */
export const HANDLE_BYTES = 8;

/** Bytes of one dimension of a shape: a signed 64-bit number. */
export const DIMENSION_BYTES = 8;
