import { expect, test } from "@jest/globals";
import type { TritonServer } from "../../support/triton/server.js";
import { until } from "../../support/wait.js";
import { ask, streamInput } from "./stream-guest.js";
import { expectNothingLeft, withStreamModel } from "./with-stream-model.js";

const MODEL = "stream";
const RELEASES = ["23.12", "24.08", "24.10"];

async function round(server: TritonServer): Promise<void> {
  const error = (text: string) => expect.stringContaining(text);
  const streams = await Promise.all(
    Array.from({ length: 8 }, (_, client) => ask(server, MODEL, 10 + client, "polls", client)),
  );
  expect(streams).toEqual(Array.from({ length: 8 }, (_, client) => ({ responses: 10 + client })));
  expect(await ask(server, MODEL, 4, "trapInPoll")).toEqual({
    responses: 2,
    error: error("the model trapped in triton_poll"),
  });
  expect(await ask(server, MODEL, 4, "endlessInPoll")).toEqual({
    responses: 2,
    error: error("exceeded its wasm_execute_deadline_ms"),
  });
  expect(await ask(server, MODEL, 2, "forgotten")).toEqual({
    responses: 2,
    error: error("did not finish the request within its wasm_stream_deadline_ms of 5000 ms"),
  });
  // The end of one request by its deadline costs no other one.
  const [long, short] = await Promise.all([
    ask(server, MODEL, 3_000, "polls", 5),
    ask(server, MODEL, 30, "polls", 5),
  ]);
  expect(long.error).toContain("wasm_stream_deadline_ms");
  expect(short).toEqual({ responses: 30 });
  expect(await ask(server, MODEL, 1, "lastResponse")).toEqual({ responses: 1 });
}

const LIMITS = { wasm_execute_deadline_ms: "2000", wasm_stream_deadline_ms: "5000" };

test.each(RELEASES)(
  "on %s requests that a guest keeps are answered from its polls, and each end of it ends them once",
  (release) =>
    withStreamModel(release, MODEL, LIMITS, (server) => expectNothingLeft(server, MODEL, round)),
);

test.each(RELEASES)(
  "on %s a batch is executed while streams are open, and polls go on while batches come",
  (release) =>
    withStreamModel(release, MODEL, {}, async (server) => {
      const streams = Promise.all([1, 2].map(() => ask(server, MODEL, 100, "polls", 1)));
      let served = 0;
      let open = true;
      const batches = (async () => {
        for (; open; served++) {
          expect(await ask(server, MODEL, 1, "lastResponse")).toEqual({ responses: 1 });
        }
      })();
      expect(await streams).toEqual([{ responses: 100 }, { responses: 100 }]);
      open = false;
      await batches;
      expect(served).toBeGreaterThan(5);
    }),
);

test.each(RELEASES)(
  "on %s an unload waits for open requests no longer than their deadline",
  (release) =>
    withStreamModel(release, MODEL, { wasm_stream_deadline_ms: "700" }, async (server) => {
      let isOpen = false;
      const stream = server.grpc.stream(MODEL, [streamInput(1, "forgotten")], {}, () => {
        isOpen = true;
      });
      await until("the first response", () => isOpen);
      await server.http.unload(MODEL);
      expect((await stream.end).error?.message).toMatch(/wasm_stream_deadline_ms|unloaded/);
      await until("no stub", () => server.stubs().length === 0);
    }),
);

test.each(RELEASES)(
  "on %s the client's cancellation reaches the guest of an open request",
  (release) =>
    withStreamModel(release, MODEL, { wasm_stream_deadline_ms: "3600000" }, async (server) => {
      let answers = 0;
      const stream = server.grpc.stream(
        MODEL,
        [streamInput(1_000_000, "untilCancelled", 1)],
        {},
        () => {
          answers += 1;
          if (answers === 3) stream.cancel();
        },
      );
      expect((await stream.end).error?.message).toMatch(/cancel/i);
      // The server unloads no model with an open request, and the deadline of a request is longer than this test.
      await server.http.unload(MODEL);
      await until("no stub", () => server.stubs().length === 0);
    }),
);
