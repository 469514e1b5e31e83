import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Layers {
  /** Files of the root that every room may import, without `.ts`. */
  readonly ground: readonly string[];
  /** From the lowest to the highest. */
  readonly layers: readonly { readonly room: string; readonly knows: readonly string[] }[];
}

/** The files that each file imports, as paths from the root. Imports of packages are left out. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * Reads the imports of every file under `folder`, also those of types alone. A regular expression is enough: the formatter writes every
 * import in one way. TypeScript 7 has no JavaScript API that a library such as dependency-cruiser could parse with.
 */
export function importsOf(folder: string): Imports {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return new Map(
    files
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
      .map((file) => {
        const text = readFileSync(join(folder, file), "utf8");
        const found = text.matchAll(/^(?:import|export|\}).*? from "(\.[^"]+)\.js(?:on)?";$/gm);
        const paths = [...found].map(([, path]) => `${join(dirname(file), path!)}.ts`);
        return [file, paths];
      }),
  );
}

/** What in the list contradicts itself: a room that knows one that is not below it. */
export function contradictions({ layers }: Layers): string[] {
  const below = new Set<string>();
  return layers.flatMap(({ room, knows }) => {
    const wrong = knows.filter((known) => !below.has(known));
    below.add(room);
    return wrong.map((known) => `${room} knows ${known}, which is not below it`);
  });
}

/** Imports that the list does not allow, and files in no room of the list. */
export function forbiddenImports(imports: Imports, { ground, layers }: Layers): string[] {
  const found: string[] = [];
  for (const [file, targets] of imports) {
    const own = roomOf(file);
    const layer = layers.find(({ room }) => room === own);
    if (layer === undefined && !ground.includes(own)) found.push(`${file} is in no room`);
    const allowed = [own, ...ground, ...(layer?.knows ?? [])];
    for (const target of targets) {
      if (!allowed.includes(roomOf(target))) found.push(`${file} imports ${target}`);
    }
  }
  return found;
}

/** The first circle of files that import each other, undefined when there is none. */
export function circle(imports: Imports): string | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string | undefined => {
    if (done.has(file)) return undefined;
    const start = path.indexOf(file);
    if (start >= 0) return [...path.slice(start), file].join(" -> ");
    path.push(file);
    for (const target of imports.get(file) ?? []) {
      const found = visit(target);
      if (found !== undefined) return found;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const found = visit(file);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A file of the root is a room of its own. */
function roomOf(file: string): string {
  return file.split("/")[0]!.replace(/\.ts$/, "");
}
