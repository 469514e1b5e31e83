/**
 * The identity model: OUTPUT<k> is INPUT<k>, for every requested output. Behaves as NVIDIA's identity_backend does
 * (r23.12 to r25.11), but for its defects. No tensor byte passes through this module's memory.
 */
import { readArgument } from "../../sdk/arguments";
import { JsonReader } from "../../sdk/json-reader";
import { JsonKind } from "../../sdk/json-value";
import { configure } from "./configuration";
import { executeBatch } from "./execute";
import { Identity } from "./identity";
import { newLine } from "./line";
import { refuse, setModelName } from "./refusal";

const OK: i32 = 0;
const REFUSED: i32 = 1;

let model: Identity | null = null;

/** @returns 0, or 1 after the reason has been told */
export function triton_initialize(): i32 {
  const name = readArgument("model_name");
  if (name != null) setModelName(name);
  model = load();
  return model == null ? REFUSED : OK;
}

/** Copies the inputs of each request to the outputs that it asks for. */
export function triton_execute(): i32 {
  executeBatch(model!);
  return OK;
}

function load(): Identity | null {
  const text = readArgument("model_config");
  if (text == null) {
    refuse(newLine("the server sent no configuration"));
    return null;
  }
  const reader = new JsonReader(text);
  const config = reader.read();
  if (config != null && config.kind == JsonKind.Object) return configure(config);
  refuse(newLine("the configuration is no JSON object (read to byte {})").integer(reader.position));
  return null;
}
