import { describe, expect, test } from "@jest/globals";
import { GuestInstance } from "../../../host/guest/instance.js";
import { TableServices } from "../../support/wasm/table-services.js";
import { compiledSdkModels } from "./models.js";

const FP32 = 11;
const OUT = {
  name: "OUT",
  datatype: FP32,
  shape: [2n],
  data: new Uint8Array(Float32Array.of(2.25, 4).buffer),
};

describe.each(compiledSdkModels("test/guest/sdks/calls"))("the SDK of %s", (_language, guest) => {
  function answer(error?: { code: number; message: string }) {
    const services = new TableServices([{ inputs: ["IN"], outputs: ["OUTPUT0"] }]);
    const { calls } = services;
    calls.models.set("square", [error ? { error } : { outputs: [OUT], parameters: '{"k":1}' }]);
    calls.models.set("repeat", [{ outputs: [OUT] }, { outputs: [OUT] }, { outputs: [] }]);
    const instance = new GuestInstance(guest, services);
    if (instance.has("triton_initialize")) expect(instance.call("triton_initialize")).toBe(0);
    expect(instance.call("triton_execute")).toBe(0);
    return services;
  }

  test("makes a call with all its parts, reads the response and passes it on", () => {
    const { calls, events, parameters, errors } = answer();
    expect(errors).toEqual([]);
    expect(calls.events).toEqual([
      "create square -1",
      "input 0: COPIED 11 [2] 0000c03f000000c0",
      "input 0: SHARED <- request 0 input 0",
      "output 0: OUT",
      "parameter 0: text = t",
      "parameter 0: int = 7",
      "parameter 0: bool = true",
      "id 0: id",
      "correlation id 0: bigint 5",
      "flags 0: 3",
      "timeout 0: 250",
      "trace 0: request 0",
      "send 0",
      "wait any: 40",
      "wait 0: 50",
      "forward 0: output 0 <- call 0 output 0",
      "create repeat 2",
      "input 1: IN <- call 0 output 0",
      "send 1 for a stream",
      ...Array(4).fill(expect.stringMatching(/^wait 1: (60|4294967295)$/)),
      "cancel 1",
      "close 1",
      "close 0",
      "create absent -1",
    ]);
    expect(Object.fromEntries(parameters.map(({ key, value }) => [key, value]))).toEqual({
      name: "OUT",
      datatype: 11n,
      rank: 1n,
      bytes: 8n,
      parameters: '{"k":1}',
      first: 2n,
      count: 3n,
      refused: "no model absent",
      ready: true,
      loaded: false,
      unloaded: true,
    });
    expect(events.filter((event) => /^(ready|load|unload)/.test(event))).toEqual([
      "ready square 3",
      "load absent {}",
      "unload square with dependents",
    ]);
  });

  test("passes the error of the called model on, with its code", () => {
    const { errors } = answer({ code: 5, message: "no such thing" });
    expect(errors).toEqual([{ request: 0, code: 5, message: "no such thing" }]);
  });
});
