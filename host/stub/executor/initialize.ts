import { messageOf } from "../../errors.js";
import { instanceArguments } from "../../wire/records/initialize.js";
import type { CommandContext } from "./command-context.js";
import type { Outcome } from "./outcome.js";

/**
 * Serves an InitializeRequest: loads the model.
 * @param args handle of the dictionary of arguments
 * @returns why the executor ends; undefined when it continues
 */
export function initialize(context: CommandContext, args: number): Outcome | undefined {
  const { answers, metrics } = context;
  const { endpoint, state } = context.options;
  const { dialect, reader } = endpoint;
  let failure: string | undefined;
  try {
    const instance = instanceArguments(dialect.dictionary.read(reader, args));
    // This release cannot report a failed completion at the AutoCompleteRequest, so the load reports it.
    if (!dialect.autoComplete.reportsFailures) context.completeConfig(instance.modelConfig);
    context.loadGuest(instance).initialize();
    state.addInstance(instance);
    context.readiness.announce();
  } catch (error) {
    failure = messageOf(error);
    metrics.closeAll();
  }
  answers.answerLoad(failure);
  answers.finish();
  return failure === undefined ? undefined : "loadFailed";
}
