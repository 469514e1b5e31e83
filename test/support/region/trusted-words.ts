import { checkHeap } from "./heap-checker.js";

/** Every word that the heap believes in: header, ends of blocks, nodes, records of names. */
export function trustedWords(dump: Uint8Array): number[] {
  const words: number[] = [];
  for (let at = 0; at < 128; at += 8) words.push(at);
  const picture = checkHeap(dump);
  for (const { offset } of picture.blocks) {
    for (let at = offset; at < offset + 56; at += 8) words.push(at);
  }
  words.push(picture.end, picture.end + 8);
  return words.filter((at) => at + 8 <= dump.length);
}
