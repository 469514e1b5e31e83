import { messageOf, StubError } from "../errors.js";
import { jsonMembers } from "../json-members.js";
import {
  COMPLETED_BATCH_SIZE_MAX,
  COMPLETED_PREFERRED_SIZES_MAX,
  COMPLETED_QUEUE_DELAY_MAX_US,
  COMPLETED_TENSORS_MAX,
  MODULE_NAME_MAX_BYTES,
  TENSOR_MAX_RANK,
} from "../limits.js";
import { printable, shortened } from "../text.js";

type Json = { readonly [key: string]: unknown };

/**
 * Checks the value of a field.
 * @param where path of the field, for errors
 * @returns the value
 * @throws StubError when the value is not allowed
 */
type Rule = (value: unknown, where: string) => unknown;

/** The fields of an object that a model may write, with the rule for each. */
type Fields = Readonly<Record<string, Rule>>;

const DATATYPES: readonly string[] = [
  ...["TYPE_BOOL", "TYPE_UINT8", "TYPE_UINT16", "TYPE_UINT32", "TYPE_UINT64"],
  ...["TYPE_INT8", "TYPE_INT16", "TYPE_INT32", "TYPE_INT64"],
  ...["TYPE_FP16", "TYPE_FP32", "TYPE_FP64", "TYPE_BF16", "TYPE_STRING"],
];
const FORMATS: readonly string[] = ["FORMAT_NONE", "FORMAT_NHWC", "FORMAT_NCHW"];

const INT32_MAX = 2 ** 31 - 1;
const DIMENSIONS = list(integer(-1, INT32_MAX), TENSOR_MAX_RANK);

const TENSOR: Fields = {
  name: tensorName,
  data_type: oneOf(DATATYPES),
  format: oneOf(FORMATS),
  dims: DIMENSIONS,
  reshape: object({ shape: DIMENSIONS }),
  optional: boolean,
  allow_ragged_batch: boolean,
  is_shape_tensor: boolean,
  is_non_linear_format_io: boolean,
  label_filename: oneOf([""]),
};

/**
 * The fields that a model may complete. They are those that the helpers of NVIDIA's Python backend set (`set_max_batch_size`, `add_input`,
 * `add_output`, `set_dynamic_batching`, `set_model_transaction_policy`). The server trusts these numbers and reserves memory for some of
 * them, so each has a bound.
 */
const COMPLETABLE: Fields = {
  max_batch_size: integer(0, COMPLETED_BATCH_SIZE_MAX),
  input: list(object(TENSOR), COMPLETED_TENSORS_MAX),
  output: list(object(TENSOR), COMPLETED_TENSORS_MAX),
  dynamic_batching: object({
    preferred_batch_size: list(integer(1, COMPLETED_BATCH_SIZE_MAX), COMPLETED_PREFERRED_SIZES_MAX),
    max_queue_delay_microseconds: integer(0, COMPLETED_QUEUE_DELAY_MAX_US),
    preserve_ordering: boolean,
  }),
  model_transaction_policy: object({ decoupled: boolean }),
};

/**
 * Builds the configuration that the server receives after a model has completed it: the server's configuration with the changed fields.
 * Fields that the model omits stay as they are.
 * @param original the server's JSON object
 * @param completed the model's JSON object
 * @returns `original` itself when the model changes nothing
 * @throws StubError ERR_GUEST_ARGUMENT, which names the field that the model may not write, or the value that is out of bounds
 */
export function completedConfig(original: string, completed: string): string {
  const before = JSON.parse(original) as Json;
  const changed = Object.entries(parsed(completed)).filter(
    ([name, value]) => !isEqual(value, before[name]),
  );
  if (changed.length === 0) return original;
  const changes = object(COMPLETABLE)(Object.fromEntries(changed), "") as Json;
  const members = jsonMembers(original);
  for (const [name, value] of Object.entries(changes)) members.set(name, JSON.stringify(value));
  return `{${[...members].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;
}

function parsed(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refused(`with a text that is not JSON: ${messageOf(error)}`);
  }
  if (isObject(value)) return value;
  throw refused("with JSON that is not an object");
}

function object(fields: Fields): Rule {
  return (value, where) => {
    if (!isObject(value)) throw outOfBounds(where, value, "an object");
    const pathOf = (name: string) => (where === "" ? name : `${where}.${name}`);
    const foreign = Object.keys(value).filter((name) => !Object.hasOwn(fields, name));
    if (foreign.length > 0) {
      throw refused(
        `with ${shortened(foreign.map(pathOf).join(", "))}, but a model may only complete ${Object.keys(fields).map(pathOf).join(", ")}; ` +
          "write other fields into config.pbtxt",
      );
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, fields[name]!(member, pathOf(name))]),
    );
  };
}

function list(rule: Rule, max: number): Rule {
  return (value, where) => {
    if (!Array.isArray(value) || value.length > max) {
      throw outOfBounds(where, value, `a list of at most ${max}`);
    }
    return value.map((element, index) => rule(element, `${where}[${index}]`));
  };
}

function integer(min: number, max: number): Rule {
  return (value, where) => {
    const fits =
      typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
    if (!fits) throw outOfBounds(where, value, `a whole number from ${min} to ${max}`);
    return value;
  };
}

function oneOf(words: readonly string[]): Rule {
  return (value, where) => {
    if (typeof value === "string" && words.includes(value)) return value;
    throw outOfBounds(where, value, words.join(" or ") || "empty");
  };
}

function boolean(value: unknown, where: string): boolean {
  if (typeof value === "boolean") return value;
  throw outOfBounds(where, value, "true or false");
}

function tensorName(value: unknown, where: string): string {
  const fits =
    typeof value === "string" &&
    value.length > 0 &&
    value.length <= MODULE_NAME_MAX_BYTES &&
    printable(value) === value;
  if (fits) return value;
  throw outOfBounds(where, value, `a text of 1 to ${MODULE_NAME_MAX_BYTES} printable characters`);
}

function outOfBounds(where: string, value: unknown, expected: string): StubError {
  return refused(`with ${where} = ${seen(value)}: it must be ${expected}`);
}

/** Describes a value for an error. A list or an object may be nested deeply, so its contents are not shown. */
function seen(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isObject(value)) return "an object";
  return shortened(JSON.stringify(value) ?? "nothing", 80);
}

/** @param how the end of the sentence: "with …" */
function refused(how: string): StubError {
  return new StubError("ERR_GUEST_ARGUMENT", `the model completes its configuration ${how}`);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Compares two values. The recursion is at most as deep as the shallower value. */
function isEqual(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return (
      one.length === other.length && one.every((element, index) => isEqual(element, other[index]))
    );
  }
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => isEqual(one[name], other[name]))
  );
}
