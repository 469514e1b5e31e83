import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../support/paths.js";

export interface Packed {
  readonly tarball: string;
  readonly size: number;
  readonly files: readonly string[];
}

/** Packs what the build has left; prepack would build again. */
export function pack(into: string): Packed {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", into];
  const [{ filename, size, files }] = JSON.parse(run(projectFolder(), "npm", ...args));
  const paths = files.map(({ path }: { path: string }) => path).sort();
  return { tarball: join(into, filename), size, files: paths };
}

/** An empty folder of a user, who has installed the tarball there. */
export function install(tarball: string, ...args: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "user-"));
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  run(folder, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", ...args, tarball);
  return folder;
}

/** Runs a command. @returns what it has written @throws Error unless it ends with 0 */
export function run(cwd: string, program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

/** The folder of a model in the repository `models` beside node_modules, as the SDK pages have it, with a version folder. */
export function modelFolder(user: string, name: string): string {
  const folder = join(user, "models", name);
  mkdirSync(join(folder, "1"), { recursive: true });
  return folder;
}
