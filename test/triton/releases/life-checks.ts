import { readdirSync } from "node:fs";
import { expect } from "@jest/globals";
import { floats } from "../../support/triton/tensors.js";
import { until } from "../../support/wait.js";
import { expectOutputs, outputOf } from "../identity/support.js";
import type { Check } from "./check.js";

/** One whose traces are the measure, and one to compare; test/triton/cycles.test.ts makes more. */
const CYCLES = 2;

export const LIFE_CHECKS: readonly Check[] = [
  {
    name: "loading and unloading leave no process, no region and no file descriptor",
    async run(server) {
      const input = floats("INPUT0", [3, 4]);
      const descriptors = () => readdirSync(`/proc/${server.pid}/fd`).length;
      const before = { regions: server.regions().sort(), stubs: server.stubPids() };
      const gone = () => server.stubs().length === before.stubs.length;
      let held = 0;
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        await server.http.load("cycles");
        expectOutputs(await server.http.infer("cycles", [input]), [outputOf(input)]);
        await server.http.unload("cycles");
        // The API answers before the instance is gone.
        await until("the unload", gone);
        await until("the region's end", () => {
          return server.regions().length === before.regions.length;
        });
        if (cycle === 0) held = descriptors();
      }
      expect({ regions: server.regions().sort(), stubs: server.stubPids() }).toEqual(before);
      // One of a connection may go later than the instance.
      await until(`${held} descriptors again`, () => descriptors() <= held);
    },
  },
];
