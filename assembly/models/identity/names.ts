export const INPUT_PREFIX = "INPUT";
export const OUTPUT_PREFIX = "OUTPUT";

/** A configuration with longer names is refused, so that a name always fits where a request's is read to. */
export const NAME_MAX_BYTES: i32 = 256;
