import { expect } from "@jest/globals";
import { controlHandle, type Opened } from "./opened.js";

const MESSAGE = "ModelLoaderMessage";
const REQUEST = "ModelLoaderRequestShm";
const READINESS = "UserModelReadinessMessage";

/** A request to load or unload a model, or whether one is ready, or the server's answer. This stub has no codec of it. */
export function compareModelControl(one: Opened): void {
  const { args, expected, dialect, reader } = one;
  expect(one.field(MESSAGE, args, "waiting_on_stub")).toBe(one.isAnswered ? 1 : 0);
  if (one.isAnswered) {
    expect(one.field(MESSAGE, args, "has_error") === 1).toBe(expected.hasError);
    if (expected.error !== undefined) {
      expect(one.string(one.field(MESSAGE, args, "error"))).toBe(expected.error);
    }
    if (expected.isReady !== undefined) {
      expect(one.field(MESSAGE, args, "is_model_ready") === 1).toBe(expected.isReady);
    }
    return;
  }
  const request = one.field(MESSAGE, args, "message");
  const text = (name: string) => one.string(one.field(REQUEST, request, name));
  expect([text("name_shm_handle"), text("version_shm_handle")]).toEqual([
    expected.name,
    expected.version,
  ]);
  const config = text("config_shm_handle");
  expect(expected.config === "" ? config : JSON.parse(config)).toEqual(expected.config);
  if (expected.unloadDependents !== undefined) {
    expect(one.field(REQUEST, request, "unload_dependents") === 1).toBe(expected.unloadDependents);
  }
  const files = dialect.dictionary.read(reader, one.field(REQUEST, request, "files_shm_handle"));
  const encoded = [...files].map(([name, text]) => [name, Buffer.from(text).toString("base64")]);
  expect(Object.fromEntries(encoded)).toEqual(expected.files);
}

/** The server's question whether the model is ready, from 26.03 on, and NVIDIA's answer. The codec reads the same as the table. */
export function compareReadiness(one: Opened): void {
  const { args, expected } = one;
  const hasFunction = one.field("IPCControlShm", controlHandle, "stub_has_user_model_readiness_fn");
  expect(hasFunction).toBe(1);
  expect(one.field(READINESS, args, "waiting_on_stub")).toBe(one.isAnswered ? 1 : 0);
  const codec = one.dialect.readiness!;
  expect(one.view.getUint8(codec.flagOf(one.reader, args))).toBe(one.isAnswered ? 1 : 0);
  const { mutexAt, conditionAt } = one.dialect.message.locksOf(one.reader, one.message.handle);
  // The condition variable is in a block of its own, and both are in use.
  expect(mutexAt).not.toBe(conditionAt);
  if (!one.isAnswered) return;
  expect(one.field(READINESS, args, "function_exists") === 1).toBe(expected.functionExists);
  expect(one.field(READINESS, args, "has_error") === 1).toBe(expected.hasError);
  if (expected.hasError) expect(one.field(READINESS, args, "is_error_set")).toBe(1);
  else {
    const { isReady, functionExists } = expected;
    expect(codec.decode(one.reader, args)).toEqual({ isReady, functionExists, error: undefined });
  }
}
