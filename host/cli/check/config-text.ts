import textformat from "protobufjs/ext/textformat.js";
import { messageOf, StubError } from "../../errors.js";
import { MODEL_CONFIG_MAX_BYTES } from "../../limits.js";
import { readBeginning } from "../../read-file.js";
import { MODEL_CONFIG } from "./model-config-type.js";

/** The fields of a configuration that the checks read: with proto field names and default values. */
export interface ConfigValue {
  readonly platform: string;
  readonly backend: string;
  readonly runtime: string;
  readonly default_model_filename: string;
  readonly max_batch_size: number;
  readonly cc_model_filenames: Readonly<Record<string, string>>;
  readonly output: readonly { readonly label_filename: string }[];
  readonly instance_group: readonly { readonly count: number }[];
  readonly version_policy: {
    readonly latest: { readonly num_versions: number } | null;
    readonly all: object | null;
    readonly specific: { readonly versions: readonly number[] } | null;
  } | null;
  readonly sequence_batching: {
    readonly direct: object | null;
    readonly oldest: { readonly max_candidate_sequences: number } | null;
    readonly state: readonly {
      readonly initial_state: readonly { readonly data_file: string }[];
    }[];
  } | null;
  readonly ensemble_scheduling: object | null;
  readonly model_warmup: readonly {
    readonly inputs: Readonly<Record<string, { readonly input_data_file: string }>>;
    readonly count: number;
  }[];
  readonly model_operations: { readonly op_library_filename: readonly string[] } | null;
  readonly model_repository_agents: {
    readonly agents: readonly { readonly name: string }[];
  } | null;
}

/**
 * Reads the file of a configuration.
 * @throws StubError ERR_CONFIG_FIELD when the file cannot be read, or has a field that this program does not know
 */
export function readConfigFile(file: string): ConfigValue {
  let bytes: Buffer | undefined;
  try {
    bytes = readBeginning(file, MODEL_CONFIG_MAX_BYTES + 1);
  } catch (error) {
    throw unclear(messageOf(error), error);
  }
  if (bytes === undefined) throw unclear("it is not a regular file");
  if (bytes.length > MODEL_CONFIG_MAX_BYTES) {
    throw unclear(`it has more than ${MODEL_CONFIG_MAX_BYTES} bytes`);
  }
  return parseConfig(bytes);
}

/** Like {@link readConfigFile}, for the bytes of a file. */
export function parseConfig(bytes: Uint8Array): ConfigValue {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const message = textformat.fromText(MODEL_CONFIG, text);
    return MODEL_CONFIG.toObject(message, {
      enums: String,
      longs: Number,
      defaults: true,
    }) as ConfigValue;
  } catch (error) {
    throw unclear(messageOf(error), error);
  }
}

function unclear(reason: string, cause?: unknown): StubError {
  return new StubError(
    "ERR_CONFIG_FIELD",
    `the configuration cannot be parsed, and was not checked: ${reason}`,
    {},
    cause,
  );
}
