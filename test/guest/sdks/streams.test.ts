import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { GuestInstance } from "../../../host/guest/instance.js";
import { compileGuestModule } from "../../../host/guest/module.js";
import { projectFolder } from "../../support/paths.js";
import { CAPS } from "../../support/wasm/assemble.js";
import { type TableRequest, TableServices } from "../../support/wasm/table-services.js";
import { compiledSdkModels } from "./models.js";

const INT32 = 8;
const UINT32 = 4;
const HANDLE = 2 ** 30;

const LANGUAGES = ["assemblyscript", "c", "rust", "zig"].map((language) => {
  const file = join(projectFolder(), "examples", language, "repeat/1/model.wasm");
  return [language, compileGuestModule(readFileSync(file), CAPS)] as const;
});

function input(name: string, datatype: number, values: readonly number[]) {
  const data = new Uint8Array(Int32Array.from(values).buffer);
  return { name, datatype, shape: [values.length], byteSize: data.length, data };
}

/** A batch of one request for the example repeat, which takes no time. */
function repeats(values: readonly number[], delays: readonly number[]) {
  const inputs = [
    input("IN", INT32, values),
    input("DELAY", UINT32, delays),
    input("WAIT", UINT32, [0]),
  ];
  const request = { inputs, outputs: ["OUT", "IDX"] };
  return new KeptServices([request]);
}

/** While the request is kept, its handle stands for it. */
class KeptServices extends TableServices {
  constructor(requests: readonly TableRequest[]) {
    super(Object.assign([...requests], { [HANDLE]: requests[0] }));
  }

  override requestCount(): number {
    return 1;
  }
}

/** Calls about the life of the request, in their order. */
const lives = ({ events }: TableServices) =>
  events.filter((event) => /^(keep|send|finish|poll)/.test(event));

describe.each(LANGUAGES)("the SDK of %s", (_language, module) => {
  test("keeps a request, sends a response in each poll, and finishes with the last", () => {
    const services = repeats([4, -2], [0, 0]);
    const guest = new GuestInstance(module, services);
    if (guest.has("triton_initialize")) expect(guest.call("triton_initialize")).toBe(0);
    expect(guest.call("triton_execute")).toBe(0);
    expect(lives(services)).toEqual(["keep 0", "poll after 0"]);
    expect(guest.call("triton_poll")).toBe(0);
    expect(lives(services).slice(2)).toEqual([`send ${HANDLE}`, "poll after 0"]);
    expect(guest.call("triton_poll")).toBe(0);
    expect(lives(services).slice(4)).toEqual([`finish ${HANDLE}`]);
    expect([services.errors, services.keptHandles.size]).toEqual([[], 0]);
  });

  test("answers with an error when the host keeps no more requests", () => {
    const services = repeats([4], [0]);
    services.keepsMax = 0;
    const guest = new GuestInstance(module, services);
    if (guest.has("triton_initialize")) expect(guest.call("triton_initialize")).toBe(0);
    expect(guest.call("triton_execute")).toBe(0);
    expect(services.errors).toEqual([
      { request: 0, code: 4, message: "too many requests are open: send it later" },
    ]);
    expect(lives(services)).toEqual([]);
  });

  test("finishes a request without elements at once", () => {
    const services = repeats([], []);
    const guest = new GuestInstance(module, services);
    if (guest.has("triton_initialize")) expect(guest.call("triton_initialize")).toBe(0);
    expect(guest.call("triton_execute")).toBe(0);
    expect(lives(services)).toEqual(["finish 0"]);
  });
});

test("a model in Rust that calls poll_after and does not implement Model::poll fails in its first poll", () => {
  const [, module] = compiledSdkModels("test/guest/sdks").find(
    ([language]) => language === "Rust",
  )!;
  const guest = new GuestInstance(module, new TableServices([]));
  expect(guest.call("triton_initialize")).toBe(0);
  expect(guest.call("triton_poll")).toBe(1);
  expect(guest.failure).toBe("the model called poll_after, but does not implement Model::poll");
});
