import { TEXT_MAX_BYTES, TextWriter, Utf8 } from "../../sdk";

let modelName: Utf8 = new Utf8(0, 0);
let noted: string = "";

/** @param name for {@link aboutModel} */
export function setModelName(name: Utf8): void {
  modelName = name;
}

/** The text with the model's name in front, for the few that are told while it is loaded: each takes memory. */
export function aboutModel(text: TextWriter): TextWriter {
  return new TextWriter(TEXT_MAX_BYTES)
    .template("model '{}': {}")
    .text(modelName)
    .bytes(text.start, text.length);
}

/** Notes why the model cannot be loaded. @returns false, for the caller to pass on */
export function refuse(reason: TextWriter): bool {
  const sentence = aboutModel(reason);
  return refuseWith(String.UTF8.decodeUnsafe(sentence.start, sentence.length));
}

/** As {@link refuse}, with a text that is the whole reason. */
export function refuseWith(reason: string): bool {
  noted = reason;
  return false;
}

/** What was noted last. */
export function refusalText(): string {
  return noted;
}
