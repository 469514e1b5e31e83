import { getSystemErrorName } from "node:util";
import type { ModelFile } from "../guest/model-file.js";
import { readOpened } from "../opened-file.js";

/** The data that the guard passes to an executor (native/guard/launch.h): words, and files that it opened before Landlock restricted it. */
export class Launch {
  private readonly words: ReadonlyMap<string, string>;

  /** @param fd of a file in memory: pairs of a name and a value, each ended by a byte 0 */
  constructor(fd: number) {
    const texts = readOpened(fd).toString().split("\0");
    const words = new Map<string, string>();
    for (let at = 0; at + 1 < texts.length; at += 2) words.set(texts[at]!, texts[at + 1]!);
    this.words = words;
  }

  /** @throws Error when the guard has not said it */
  word(name: string): string {
    const word = this.words.get(name);
    if (word === undefined) throw new Error(`the guard has not said '${name}'`);
    return word;
  }

  number(name: string): number {
    return Number(this.word(name));
  }

  /** A file that the guard has opened, or why it could not. */
  file(name: string): ModelFile {
    return fileOf(this.word(name));
  }

  /** Those of these files of which the guard knows the place. */
  files(names: readonly string[]): ModelFile[] {
    return names.filter((name) => this.words.has(name)).map((name) => this.file(name));
  }
}

/** @param value `<descriptor> <path>`, or `-<errno> <path>` */
function fileOf(value: string): ModelFile {
  const blank = value.indexOf(" ");
  const path = value.slice(blank + 1);
  const fd = Number(value.slice(0, blank));
  return fd >= 0 ? { path, fd } : { path, problem: getSystemErrorName(fd) };
}
