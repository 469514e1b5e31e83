import { TEXT_MAX_BYTES, TextWriter, Utf8 } from "../../sdk";

let modelName: Utf8 = new Utf8(0, 0);
let noted: string = "";

/** @param name for {@link aboutModel} */
export function setModelName(name: Utf8): void {
  modelName = name;
}

/** Puts the model's name before a text. It is only for messages of a load, because each call allocates memory. */
export function aboutModel(text: TextWriter): TextWriter {
  return new TextWriter(TEXT_MAX_BYTES)
    .template("model '{}': {}")
    .text(modelName)
    .bytes(text.start, text.length);
}

/**
 * Records why the model cannot be loaded.
 * @returns false, which the caller can return
 */
export function refuse(reason: TextWriter): bool {
  const sentence = aboutModel(reason);
  return refuseWith(String.UTF8.decodeUnsafe(sentence.start, sentence.length));
}

/** Like {@link refuse}, with a text that is the whole reason. */
export function refuseWith(reason: string): bool {
  noted = reason;
  return false;
}

/** The reason that was recorded last. */
export function refusalText(): string {
  return noted;
}
