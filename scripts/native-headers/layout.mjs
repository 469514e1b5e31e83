import { LAYOUTS } from "../../dist/js/host/wire/layouts/index.js";
import { define, header, upper } from "./header.mjs";

/** Structs with the fields that the guard uses. All releases have these fields at the same offsets. */
const STRUCTS = [
  [
    "QUEUE",
    "MessageQueueShm",
    ["sem_empty", "sem_full", "mutex", "size", "buffer", "head", "tail"],
  ],
  [
    "CONTROL",
    "IPCControlShm",
    [
      "stub_health",
      "stub_message_queue",
      "parent_message_queue",
      "stub_to_parent_mq",
      "parent_to_stub_mq",
    ],
  ],
  ["MESSAGE", "IPCMessageShm", ["command", "args"]],
  ["STRING", "StringShm", ["data", "length"]],
  ["DICTIONARY", "DictShm", ["length", "values"]],
  ["PAIR", "PairShm", ["key", "value"]],
  [
    "INITIALIZE_RESPONSE",
    "InitializeResponseShm",
    ["response_has_error", "response_is_error_set", "response_error"],
  ],
  [
    "AUTO_COMPLETE_RESPONSE",
    "AutoCompleteResponseShm",
    ["response_has_model_config", "response_model_config"],
  ],
];

/** Commands with the same number in all releases, and commands with a new number since 23.11. */
const SAME_COMMANDS = ["ExecuteRequest", "InitializeRequest"];
const MOVED_COMMANDS = ["AutoCompleteRequest", "FinalizeRequest"];

export function layoutHeader() {
  return header("layout", "host/wire/layouts", [
    "// In bytes. Offsets are from the start of the object, which follows its ownership header.",
    ...STRUCTS.flatMap(([prefix, struct, fields]) => structLines(prefix, struct, fields)),
    "// Values of MESSAGE_COMMAND. Those with _OLD are of 23.10.",
    ...SAME_COMMANDS.map((name) =>
      define(
        `MESSAGE_${upper(name)}`,
        same(name, (l) => l.commands[name]),
      ),
    ),
    ...MOVED_COMMANDS.flatMap(movedLines),
  ]);
}

function structLines(prefix, name, fields) {
  const place = (field) =>
    same(`${name}.${field}`, ({ structs }) => structs[name]?.fields[field]?.[0]);
  return [
    define(
      `${prefix}_BYTES`,
      same(name, ({ structs }) => structs[name]?.size),
    ),
    ...fields.map((field) =>
      define(`${prefix}_${upper(field.replace(/^response_/, ""))}`, place(field)),
    ),
    "",
  ];
}

function movedLines(name) {
  const numbers = [...new Set(LAYOUTS.map(({ commands }) => commands[name]))];
  if (numbers.length !== 2) throw new Error(`native-headers: ${name} has the numbers ${numbers}`);
  return [
    define(`MESSAGE_${upper(name)}_OLD`, numbers[0]),
    define(`MESSAGE_${upper(name)}`, numbers[1]),
  ];
}

/**
 * The value that all releases have.
 * @throws Error when two releases differ
 */
function same(what, read) {
  const values = [...new Set(LAYOUTS.map(read))];
  if (values.length === 1 && values[0] !== undefined) return values[0];
  throw new Error(`native-headers: releases differ in ${what}: ${values.join(", ")}`);
}
