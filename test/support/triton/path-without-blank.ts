import { symlinkSync } from "node:fs";

/**
 * A tritonserver up to 25.07 starts stubs through a shell line without quotes, so a path in it must not have a blank.
 * @param link where a link to the path is made if need be
 * @returns the path, or the link
 */
export function pathWithoutBlank(path: string, link: string): string {
  if (!/\s/.test(path)) return path;
  symlinkSync(path, link);
  return link;
}
