/**
 * The identity model: OUTPUT<k> is a copy of INPUT<k>, for every requested output. It behaves like NVIDIA's identity_backend (r23.12 to
 * r25.11), except for the defects of that. No tensor byte passes through this module's memory, and execution allocates nothing.
 */
import { JsonKind, JsonReader, Model, Request, readArgument } from "../../sdk";
import { configure } from "./configuration";
import { executeBatch, executeRequest } from "./execute";
import { Identity } from "./identity";
import { newLine } from "./line";
import { refusalText, refuse, setModelName } from "./refusal";

@final
class IdentityModel extends Model {
  private identity: Identity | null = null;

  initialize(): string | null {
    const name = readArgument("model_name");
    if (name != null) setModelName(name);
    this.identity = load();
    return this.identity == null ? refusalText() : null;
  }

  executeBatch(): void {
    executeBatch(this.identity!);
  }

  execute(request: Request): void {
    executeRequest(this.identity!, request.index);
  }
}

/** @returns null after a refusal */
function load(): Identity | null {
  const text = readArgument("model_config");
  if (text == null) {
    refuse(newLine("the server sent no configuration"));
    return null;
  }
  const reader = new JsonReader(text);
  const config = reader.read();
  if (config != null && config.kind == JsonKind.Object) return configure(config);
  refuse(
    newLine("the configuration is not a JSON object (read up to byte {})").integer(reader.position),
  );
  return null;
}

const model = new IdentityModel();

export function triton_initialize(): i32 {
  return model.onInitialize();
}

export function triton_execute(): i32 {
  return model.onExecute();
}
