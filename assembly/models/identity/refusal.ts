import { TEXT_MAX_BYTES, TextWriter } from "../../sdk/text-writer";
import { fail } from "../../sdk/triton_v1";
import { Utf8 } from "../../sdk/utf8";

let modelName: Utf8 = new Utf8(0, 0);

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

/** Tells the server why the model is not loaded. @returns false, for the caller to pass on */
export function refuse(reason: TextWriter): bool {
  const sentence = aboutModel(reason);
  fail(sentence.start, sentence.length);
  return false;
}
