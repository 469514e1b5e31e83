import { realpathSync } from "node:fs";
import { isAbsolute, relative } from "node:path";

/** @returns the path with all links resolved; undefined when it does not exist */
export function targetOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Whether a path is the folder or is in it. Both are without links. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(/[\\/]/, 1)[0] !== "..";
}

/** Whether links lead the path out of the repository. Its target must not be opened then; checkFiles reports the link. */
export function leadsOutside(repository: string, path: string): boolean {
  const target = targetOf(path);
  return target !== undefined && !isWithin(repository, target);
}

/** Whether a file name in a configuration leaves the folder that it is relative to. */
export function leavesFolder(name: string): boolean {
  return name.startsWith("/") || name.split("/").includes("..");
}
