import { TEXT_MAX_BYTES, TextWriter } from "../../sdk";

const writer = new TextWriter(TEXT_MAX_BYTES);

/** Begins the next log line or error. It overwrites the last one, because execution allocates nothing. */
export function newLine(template: string): TextWriter {
  return writer.template(template);
}
