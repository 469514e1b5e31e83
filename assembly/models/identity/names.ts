export const INPUT_PREFIX = "INPUT";
export const OUTPUT_PREFIX = "OUTPUT";

/** Configurations with longer names are refused, so a name always fits in the buffer for the names of a request. */
export const NAME_MAX_BYTES: i32 = 256;
