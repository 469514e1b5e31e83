import { expect } from "@jest/globals";
import type { TritonServer } from "../../support/triton/server.js";
import { floats } from "../../support/triton/tensors.js";
import { until } from "../../support/wait.js";
import { errorOf, expectOutputs, outputOf } from "../identity/support.js";
import type { Check } from "./check.js";

const numbers = (count: number) => floats("INPUT0", Array(count).fill(1));

/** By the number of floats, see release-server.ts. */
const GOOD = numbers(1);
const TRAPS = numbers(2);
const NEVER_RETURNS = numbers(3);
const FAILS = numbers(4);
const LOGS = numbers(5);
/** A text that is as long in a tensor, behind the four bytes of its length. */
const asText = ({ bytes }: typeof GOOD) => "x".repeat(bytes.length - 4);

async function expectServed(server: TritonServer): Promise<void> {
  expectOutputs(await server.http.infer("by_size", [GOOD]), [outputOf(GOOD)]);
}

export const FAILURE_CHECKS: readonly Check[] = [
  {
    name: "an error of one request",
    async run(server) {
      const inputs = [1, 2, 3, 4].map((value) => floats("INPUT0", [value], [1, 1]));
      const errors = await Promise.all(
        inputs.map((input) => errorOf(server.grpc.infer("refuse_odd", [input]))),
      );
      const refused = errors.filter((error) => error !== undefined);
      expect(refused).toHaveLength(2);
      for (const error of refused) expect(error).toContain("said by the guest");
    },
  },
  {
    name: "an error of a whole batch",
    async run(server) {
      const stubs = server.stubPids();
      for (const client of [server.http, server.grpc]) {
        const error = await errorOf(client.infer("by_size", [FAILS]));
        expect(error).toMatch(
          /^Failed to process the request\(s\) for model (instance )?'by_size_0/,
        );
        expect(error).toContain("failed with status 3");
      }
      await expectServed(server);
      expect(server.stubPids()).toEqual(stubs);
    },
  },
  {
    name: "a guest's trap, and a guest that never returns",
    async run(server) {
      const stubs = server.stubPids();
      expect(await server.http.inferError("by_size", [TRAPS])).toContain("trapped");
      await expectServed(server);
      expect(await server.http.inferError("by_size", [NEVER_RETURNS])).toContain(
        "wasm_execute_deadline_ms",
      );
      await expectServed(server);
      expect(server.stubPids()).toEqual(stubs);
    },
  },
  {
    name: "a decoupled model",
    async run(server) {
      const others = server.stubs().length;
      await server.http.load("decoupled");
      // Not by gRPC: from 24.04 to 24.07 the frontend may lose the end of a stream, whichever stub runs, and then never unloads
      // the model (its completion callback races with the writing of a response that is also the last).
      const ask = (text: string) => server.http.generate("decoupled", { INPUT0: text });
      await expect(ask(asText(TRAPS))).rejects.toThrow("the model trapped in triton_execute");
      await expect(ask(asText(NEVER_RETURNS))).rejects.toThrow(
        "exceeded its wasm_execute_deadline_ms",
      );
      await expect(ask(asText(FAILS))).rejects.toThrow("failed with status 3");
      expect(await ask("a good text")).toMatchObject({ OUTPUT0: "a good text" });
      await server.http.unload("decoupled");
      await until("the decoupled model's end", () => server.stubs().length === others);
    },
  },
  {
    name: "a guest's log lines",
    async run(server) {
      await server.http.infer("by_size", [LOGS]);
      await server.waitForLog(/^E\d{4} .*by_size.*said by the guest/m);
    },
  },
  {
    name: "loads that fail",
    async run(server) {
      const stubs = server.stubPids();
      expect(await server.http.loadError("broken")).toContain("is not a WebAssembly module");
      expect(await server.http.loadError("misconfigured")).toContain("execute_delay_ms");
      await until("the end of what failed", () => server.stubs().length === stubs.length);
      await expectServed(server);
    },
  },
];
