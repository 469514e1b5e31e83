import type { Mapping, Word } from "./mapping.js";
import { EFFECTS_MAX } from "./mapping-table.js";

/**
 * The words of the mapping that the next push changes, with their values after it. The list in the mapping is complete before the push
 * begins. This process applies it after the push. If this process has died before, the guard applies it if the message is in the queue. To
 * apply the list twice does no harm.
 */
export class PushEffects {
  private readonly count: Word;
  private readonly list: Uint32Array;
  private readonly words: Word[] = [];
  private readonly values: number[] = [];

  constructor(mapping: Mapping) {
    this.count = mapping.word("push_effect_count");
    this.list = mapping.uint32s("push_effects");
  }

  /** @throws Error when the push would change more than {@link EFFECTS_MAX} words */
  add(word: Word, value: number): void {
    if (this.words.length === EFFECTS_MAX) {
      throw new Error(`a push changes more than ${EFFECTS_MAX} words of the mapping`);
    }
    this.words.push(word);
    this.values.push(value);
  }

  /** Writes the list to the mapping. */
  write(): void {
    const { words, values, list } = this;
    for (let index = 0; index < words.length; index++) {
      list[2 * index] = words[index]!.place;
      list[2 * index + 1] = values[index]!;
    }
    this.count.value = words.length;
  }

  /** Gives the words their values, and empties the list. */
  apply(): void {
    const { words, values } = this;
    for (let index = 0; index < words.length; index++) words[index]!.value = values[index]!;
    words.length = 0;
    values.length = 0;
  }
}
