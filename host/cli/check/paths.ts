import { realpathSync } from "node:fs";
import { isAbsolute, relative } from "node:path";

/** @returns where the path leads, all links followed; undefined when it leads nowhere */
export function targetOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Whether a path lies in the folder or is it. Both without links. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(/[\\/]/, 1)[0] !== "..";
}

/** Whether links lead the path out of the repository. What lies there is not opened: the link is reported. */
export function leadsOutside(repository: string, path: string): boolean {
  const target = targetOf(path);
  return target !== undefined && !isWithin(repository, target);
}

/** Whether a file's name in a configuration leaves the folder that it is relative to. */
export function leavesFolder(name: string): boolean {
  return name.startsWith("/") || name.split("/").includes("..");
}
