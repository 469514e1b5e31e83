import { StubError } from "../errors.js";
import { shortened } from "../text.js";
import { shellCharacters } from "./shell.js";

/**
 * An archive or folder of which the server runs `bin/activate` up to 25.07. From 25.08 on it sets LD_LIBRARY_PATH to the `lib`
 * in it, from which the shell that starts this program takes its libraries.
 */
export const EXECUTION_ENVIRONMENT = "EXECUTION_ENV_PATH";

/** A value of a model's configuration that makes the server run commands before this program starts. */
export interface OutsideCommand {
  /** As in `instance_group.name`, or the parameter's name. */
  readonly field: string;
  readonly value: string;
  /** What a shell would obey in it; none when the server runs a file that it names. */
  readonly characters: readonly string[];
}

/** The fields that can hold such a value, as the server's JSON of a configuration has them. */
export interface CommandFields {
  readonly name: string;
  readonly modelFile: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly groupNames: readonly string[];
}

/** The names in a configuration that a server up to 25.07 passes to a shell without quotes when it starts this program. */
export function shellNames(
  config: CommandFields,
): readonly (readonly [field: string, value: string])[] {
  return [
    ["name", config.name],
    ["default_model_filename", config.modelFile],
    ...config.groupNames.map((name) => ["instance_group.name", name] as const),
  ];
}

/** What of a configuration a server obeys outside of any sandbox. */
export function outsideCommands(config: CommandFields): OutsideCommand[] {
  const environment = config.parameters.get(EXECUTION_ENVIRONMENT);
  return [
    ...(environment === undefined
      ? []
      : [{ field: EXECUTION_ENVIRONMENT, value: environment, characters: [] }]),
    ...shellNames(config)
      .map(([field, value]) => ({ field, value, characters: shellCharacters(value) }))
      .filter(({ characters }) => characters.length > 0),
  ];
}

/**
 * Refuses what {@link outsideCommands} finds. The server has obeyed it by then, which the sentence says.
 * @throws StubError ERR_CONFIG_FIELD
 */
export function refuseOutsideCommands(config: CommandFields): void {
  const [command] = outsideCommands(config);
  if (command === undefined) return;
  const { field, value } = command;
  throw new StubError("ERR_CONFIG_FIELD", `${describe(command)} (docs/security.md)`, {
    field,
    value,
  });
}

function describe({ field, value, characters }: OutsideCommand): string {
  if (characters.length === 0) {
    return (
      `model parameter ${field} is '${shortened(value)}': the server runs bin/activate of that archive or folder with its own rights, before any sandbox ` +
      "exists. It may have run already: look at that file, find out where the model comes from, and remove the parameter"
    );
  }
  const list = characters.map((character) => JSON.stringify(character)).join(" ");
  return (
    `${field} of the model configuration is '${shortened(value)}': a server up to 25.07 passes it to a shell with its own rights, and the shell obeys ${list}. ` +
    "A command in it may have run already: look at what it says, find out where the model comes from, and use another name"
  );
}
