import { messageOf } from "../../errors.js";
import { instanceArguments } from "../../wire/records/initialize.js";
import type { Outcome } from "./outcome.js";
import type { Work } from "./work.js";

/** Loads the model. @param args handle of the dictionary of arguments @returns why that was the last command, undefined when it was not */
export function initialize(work: Work, args: number): Outcome | undefined {
  const { answers, metrics } = work;
  const { endpoint, state } = work.options;
  const { dialect, reader } = endpoint;
  let failure: string | undefined;
  try {
    const instance = instanceArguments(dialect.dictionary.read(reader, args));
    // A failure of which the server could not be told when it asked for the completion.
    if (!dialect.autoComplete.reportsFailures) work.completeConfig(instance.modelConfig);
    work.loadGuest(instance).initialize();
    state.addInstance(instance);
  } catch (error) {
    failure = messageOf(error);
    metrics.closeAll();
  }
  answers.answerLoad(failure);
  answers.finish();
  return failure === undefined ? undefined : "loadFailed";
}
