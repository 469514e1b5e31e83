import { LIBRARY_MARKER, MARKERS } from "../../host/release/markers.js";

/** The bytes of a library: API names between NULs as in a string table, texts as in read-only data. */
export function library(apis: readonly string[], texts: readonly string[] = []): Buffer {
  const table = [...apis, LIBRARY_MARKER, "TRITONBACKEND_InputBuffer"].join("\0");
  const noise = Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 131) & 0xff));
  return Buffer.concat([
    noise,
    Buffer.from(`\0${table}\0`),
    noise,
    Buffer.from(texts.join("\0\0")),
  ]);
}

/** The content of the library of a variant: it lacks markers of later variants, and has texts that later variants removed. */
export function libraryOf(variant: string): Buffer {
  const apis: string[] = [];
  const texts: string[] = [];
  for (const marker of MARKERS) {
    const isLater = variant > marker.variant;
    const has = marker.present ? !isLater : isLater;
    if (!has) continue;
    if (marker.api === undefined) texts.push(`error: ${marker.text} (and more)`);
    else apis.push(marker.api);
  }
  return library(apis, texts);
}
