import { expect, test } from "@jest/globals";
import type { TritonServer } from "../../support/triton/server.js";
import { ask } from "./stream-guest.js";
import { expectNothingLeft, withStreamModel } from "./with-stream-model.js";

const MODEL = "stream";

/** Each way in which a guest can answer during its execution. */
async function round(server: TritonServer): Promise<void> {
  const error = (text: string) => expect.stringContaining(text);
  expect(await ask(server, MODEL, 5, "lastResponse")).toEqual({ responses: 5 });
  expect(await ask(server, MODEL, 200, "lastResponse")).toEqual({ responses: 200 });
  expect(await ask(server, MODEL, 3, "keptAndFinished")).toEqual({ responses: 3 });
  expect(await ask(server, MODEL, 3, "error")).toEqual({
    responses: 3,
    error: error("said by the guest"),
  });
  expect(await ask(server, MODEL, 3, "trap")).toEqual({
    responses: 3,
    error: error("the model trapped in triton_execute"),
  });
  expect(await ask(server, MODEL, 3, "endless")).toEqual({
    responses: 3,
    error: error("exceeded its wasm_execute_deadline_ms"),
  });
  expect(await ask(server, MODEL, 1, "lastResponse")).toEqual({ responses: 1 });
}

test.each(["23.12", "24.08", "24.10"])(
  "on %s a guest sends several responses during its execution, and each end of it ends the stream once",
  (release) =>
    withStreamModel(release, MODEL, { wasm_execute_deadline_ms: "2000" }, (server) =>
      expectNothingLeft(server, MODEL, round),
    ),
);
