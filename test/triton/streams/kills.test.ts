import { expect, test } from "@jest/globals";
import { Random } from "../../support/random.js";
import { Instance } from "../../support/triton/instance.js";
import type { TritonServer } from "../../support/triton/server.js";
import { until } from "../../support/wait.js";
import { ask } from "./stream-guest.js";
import { withStreamModel } from "./with-stream-model.js";

const MODEL = "stream";
const KILLS = 25;
const CLIENTS = 4;
const DIED = /executor died|unavailable for another/;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until `running` is false. @returns the number of streams that a death has ended, and of whole ones */
async function client(server: TritonServer, number: number, running: () => boolean) {
  const mode = number % 2 === 0 ? "polls" : "lastResponse";
  const count = number % 2 === 0 ? 20 : 100;
  let failed = 0;
  let whole = 0;
  while (running()) {
    const { responses, error } = await ask(server, MODEL, count, mode, 1);
    if (error === undefined) {
      expect(responses).toBe(count);
      whole += 1;
    } else {
      expect(error).toMatch(DIED);
      expect(responses).toBeLessThanOrEqual(count);
      failed += 1;
    }
  }
  return { failed, whole };
}

async function serves(server: TritonServer): Promise<boolean> {
  return (await ask(server, MODEL, 3, "lastResponse")).error === undefined;
}

test.each(["23.12", "24.08", "24.10"])(
  `on %s ${KILLS} kills of an executor in the middle of streams end these streams, and nothing is left of them`,
  (release) =>
    withStreamModel(release, MODEL, {}, async (server) => {
      const instance = new Instance(server, MODEL);
      const random = new Random(17);
      await ask(server, MODEL, 5, "polls", 1);
      await instance.killExecutor();
      await until("a successor", () => serves(server));
      const allocated = instance.allocatedBytes();
      let running = true;
      const clients = Array.from({ length: CLIENTS }, (_, number) =>
        client(server, number, () => running),
      );
      for (let kill = 0; kill < KILLS; kill++) {
        await sleep(120 * random.fraction());
        await instance.killExecutor();
      }
      running = false;
      const results = await Promise.all(clients);
      expect(results.some(({ failed }) => failed > 0)).toBe(true);
      await until("a successor", () => serves(server));
      // An allocation may use 16 bytes more than it needs.
      await until("the baseline", () => instance.allocatedBytes() <= allocated + 256);
      // A response factory that was not given back would block the unload; one that was given back twice would end the server.
      await server.http.unload(MODEL);
      await until("no stub", () => server.stubs().length === 0);
    }),
);
