import { StubError } from "../errors.js";
import { shortened } from "../text.js";
import { shellCharacters } from "./shell.js";

/**
 * Parameter that names an archive or folder. Up to 25.07 the server runs its `bin/activate`. From 25.08 on the server sets
 * LD_LIBRARY_PATH to its `lib` folder, from which the shell that starts this program loads its libraries.
 */
export const EXECUTION_ENVIRONMENT = "EXECUTION_ENV_PATH";

/** A value of a model's configuration that makes the server run commands before this program starts. */
export interface OutsideCommand {
  /** Name of the field, such as `instance_group.name`, or of the parameter. */
  readonly field: string;
  readonly value: string;
  /** The characters that a shell would interpret; empty when the server runs a file that the value names. */
  readonly characters: readonly string[];
}

/** The fields of a configuration that can hold such a value. */
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

/** @returns the values of a configuration that make a server run commands outside of any sandbox */
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
 * Refuses what {@link outsideCommands} finds. The server may have run it by then; the error says so.
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
      "exists. It may have run already: inspect that file, find out where the model comes from, and remove the parameter"
    );
  }
  const list = characters.map((character) => JSON.stringify(character)).join(" ");
  return (
    `${field} of the model configuration is '${shortened(value)}': a server up to 25.07 passes it to a shell with its own rights, and the shell interprets ${list}. ` +
    "A command in it may have run already: inspect the name, find out where the model comes from, and use another name"
  );
}
