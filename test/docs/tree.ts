import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { projectFolder } from "../support/paths.js";

/** Folders that are installed, built or caches, and data that no reader opens. */
const SKIPPED = new Set(["node_modules", "dist", "target", "fixtures", "__pycache__"]);
const TEXTS = new Set([
  ...[".md", ".ts", ".mjs", ".cjs", ".c", ".h", ".cpp", ".rs", ".zig", ".sh", ".py"],
  ...[".json", ".toml", ".pbtxt", ".wat"],
]);
/** Generated, or too large to say anything about other files. */
const DATA = ["package-lock.json", "facts/", "docs/benchmarks/"];

/** Every file of the repository, relative to its root, with `/`; also those that are not committed yet. */
export const FILES: readonly string[] = filesBelow("");

function filesBelow(folder: string): string[] {
  return readdirSync(join(projectFolder(), folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return entry.name.startsWith(".") || SKIPPED.has(entry.name) ? [] : filesBelow(path);
  });
}

/** Files that people read: sources, pages, settings. */
export const TEXT_FILES: readonly string[] = FILES.filter(
  (file) =>
    TEXTS.has(extname(file)) && !DATA.some((data) => file === data || file.startsWith(data)),
);

const texts = new Map<string, string>();

/** @param file relative to the root */
export function textOf(file: string): string {
  const known = texts.get(file) ?? readFileSync(join(projectFolder(), file), "utf8");
  texts.set(file, known);
  return known;
}

/** Whether there is a file or folder of this path, seen from the root. */
export function isThere(path: string): boolean {
  return existsSync(join(projectFolder(), path));
}
