import { getSystemErrorName } from "node:util";
import type { ModelFile } from "../guest/model-file.js";
import { readOpened } from "../opened-file.js";

/** The data that the guard passes to an executor (native/guard/launch.h): words, and files that it opened before Landlock restricted it. */
export class Launch {
  private readonly words: ReadonlyMap<string, string>;

  /** @param fd of a file in memory that has pairs of a name and a value, each with a byte 0 at its end */
  constructor(fd: number) {
    const texts = readOpened(fd).toString().split("\0");
    const words = new Map<string, string>();
    for (let at = 0; at + 1 < texts.length; at += 2) words.set(texts[at]!, texts[at + 1]!);
    this.words = words;
  }

  /** @throws Error when the guard did not pass the word */
  word(name: string): string {
    const word = this.words.get(name);
    if (word === undefined) {
      throw new Error(
        `the guard did not pass '${name}' to the executor: they are of different builds; install the backend again`,
      );
    }
    return word;
  }

  number(name: string): number {
    return Number(this.word(name));
  }

  /** A file that the guard has opened, or the reason why it could not. */
  file(name: string): ModelFile {
    return fileOf(this.word(name));
  }

  /** The word, or undefined when the guard had no reason to pass it. */
  wordOf(name: string): string | undefined {
    return this.words.get(name);
  }

  /** The files whose names are a prefix and numbers from 0. */
  numberedFiles(prefix: string): ModelFile[] {
    const files: ModelFile[] = [];
    while (this.words.has(prefix + files.length)) files.push(this.file(prefix + files.length));
    return files;
  }

  /** The files of these names that the guard has passed. */
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
