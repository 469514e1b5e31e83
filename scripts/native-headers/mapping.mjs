import {
  COMMAND_STATE,
  EFFECTS_MAX,
  EXCHANGE,
  FIELDS,
  INSTANCE,
  LIMIT,
  MAPPING_BYTES,
  MAPPING_VERSION,
  NEEDS_EXECUTOR,
  OUTCOME,
  PHASE,
  PHASE_BITS,
  PUSH,
  placesOf,
  STOP,
  TEXT_BYTES,
} from "../../dist/js/host/stub/shared/mapping-table.js";
import { define, header, upper } from "./header.mjs";

/** The values of fields, by the prefix of their names in C. */
const VALUES = {
  PHASE,
  LIMIT,
  COMMAND: COMMAND_STATE,
  PUSH,
  EXCHANGE,
  OUTCOME,
  STOP,
  INSTANCE,
  NEEDS_EXECUTOR,
};

export function mappingHeader() {
  const places = placesOf(FIELDS);
  return header("mapping", "host/stub/shared/mapping-table.ts", [
    define("MAPPING_TABLE_VERSION", MAPPING_VERSION),
    define("MAPPING_BYTES", MAPPING_BYTES),
    define("MAPPING_TEXT_BYTES", TEXT_BYTES),
    define("MAPPING_EFFECTS_MAX", EFFECTS_MAX),
    define("PHASE_BITS", PHASE_BITS),
    "",
    "// Values of fields.",
    ...Object.entries(VALUES).flatMap(valueLines),
    "",
    "// Places of fields in bytes.",
    ...FIELDS.flatMap((field) => fieldLines(field, places.get(field.name))),
  ]);
}

function valueLines([prefix, values]) {
  return Object.entries(values).map(([value, number]) =>
    define(`${prefix}_${upper(value)}`, number),
  );
}

function fieldLines({ name, type, writer, what }, { offset }) {
  const comment = ` // ${type === "u32" ? "" : `${type.bytes} bytes; `}${writer}: ${what}`;
  return [define(`MAPPING_${upper(name)}`, offset) + comment];
}
