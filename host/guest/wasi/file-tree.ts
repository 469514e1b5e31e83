/** A file or folder below the folder that a guest may read. */
export type FileNode = FileLeaf | FileFolder;

export interface FileLeaf {
  readonly kind: "file";
  /** Index among the files of the model. */
  readonly index: number;
}

export interface FileFolder {
  readonly kind: "folder";
  /** Undefined for the root. */
  readonly parent: FileFolder | undefined;
  /** Number of the folder, unique among folders. */
  readonly index: number;
  readonly entries: Map<string, FileNode>;
}

/** Why a path leads to nothing that a guest may open. */
export type PathFault = "outside" | "missing" | "not a folder";

/**
 * The folders in which files with these paths are.
 * @param names paths with slashes, none of which goes up
 */
export function fileTree(names: readonly string[]): FileFolder {
  let folders = 0;
  const folderIn = (parent: FileFolder | undefined): FileFolder => ({
    kind: "folder",
    parent,
    index: folders++,
    entries: new Map(),
  });
  const root = folderIn(undefined);
  for (const [index, name] of names.entries()) {
    const parts = name.split("/");
    let folder = root;
    for (const part of parts.slice(0, -1)) {
      const known = folder.entries.get(part);
      const next = known?.kind === "folder" ? known : folderIn(folder);
      folder.entries.set(part, next);
      folder = next;
    }
    folder.entries.set(parts.at(-1)!, { kind: "file", index });
  }
  return root;
}

/** What a path leads to, beginning in a folder. It never leaves the root. */
export function resolvePath(from: FileFolder, path: string): FileNode | PathFault {
  if (path.startsWith("/")) return "outside";
  let node: FileNode = from;
  for (const part of path.split("/")) {
    if (node.kind !== "folder") return "not a folder";
    if (part === "" || part === ".") continue;
    const next: FileNode | undefined = part === ".." ? node.parent : node.entries.get(part);
    if (next === undefined) return part === ".." ? "outside" : "missing";
    node = next;
  }
  return node;
}
