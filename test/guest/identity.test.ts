import { readFileSync } from "node:fs";
import { GuestInstance } from "../../host/guest/instance.js";
import { CountingGate, type TableRequest, TableServices } from "./table-services.js";

const module = new WebAssembly.Module(
  readFileSync(new URL("../../dist/wasm/identity.wasm", import.meta.url)),
);

function run(...requests: TableRequest[]): TableServices {
  const services = new TableServices(requests);
  const guest = new GuestInstance(module, services, new CountingGate());
  expect(guest.call("triton_execute")).toBe(0);
  return services;
}

const UNSUPPORTED = 5;

test("each wanted output is a copy of the input that ends as it does, whatever the order", () => {
  const { copies, errors } = run(
    { inputs: ["INPUT0", "INPUT1", "INPUT2"], outputs: ["OUTPUT2", "OUTPUT0"] },
    { inputs: ["INPUT_x", "INPUT"], outputs: ["OUTPUT", "OUTPUT_x"] },
  );
  expect(copies).toEqual([
    "0: OUTPUT2 <- INPUT2",
    "0: OUTPUT0 <- INPUT0",
    "1: OUTPUT <- INPUT",
    "1: OUTPUT_x <- INPUT_x",
  ]);
  expect(errors).toEqual([]);
});

test("an output without its input fails its request, naming the input, and no other request", () => {
  const { copies, errors } = run(
    { inputs: ["INPUT0"], outputs: ["OUTPUT0"] },
    { inputs: ["INPUT0", "INPUT11"], outputs: ["OUTPUT1"] },
    { inputs: ["INPUT1"], outputs: ["OUTPUT1"] },
  );
  expect(errors).toEqual([
    { request: 1, code: UNSUPPORTED, message: "failed to get input 'INPUT1'" },
  ]);
  expect(copies).toEqual(["0: OUTPUT0 <- INPUT0", "2: OUTPUT1 <- INPUT1"]);
});

test("a request that wants nothing gets nothing, without an error", () => {
  expect(run({ inputs: ["INPUT0"], outputs: [] })).toMatchObject({ copies: [], errors: [] });
  expect(run()).toMatchObject({ copies: [], errors: [] });
});

test("an output whose name is shorter than the prefix is refused, not paired by chance", () => {
  const { copies, errors } = run({ inputs: ["INPUT", "INPU", ""], outputs: ["OUT"] });
  expect(copies).toEqual([]);
  expect(errors).toEqual([
    { request: 0, code: UNSUPPORTED, message: "failed to get input 'INPUT'" },
  ]);
});

test("names of every length up to the room for them are paired", () => {
  for (const length of [1, 100, 249, 250]) {
    const suffix = "s".repeat(length);
    const { copies } = run({ inputs: [`INPUT${suffix}`], outputs: [`OUTPUT${suffix}`] });
    expect(copies).toEqual([`0: OUTPUT${suffix} <- INPUT${suffix}`]);
  }
});

test("names beyond the room for them are refused by a message of bounded length, not paired by their start", () => {
  const suffix = "s".repeat(100_000);
  const { copies, errors } = run({ inputs: [`INPUT${suffix}a`], outputs: [`OUTPUT${suffix}b`] });
  expect(copies).toEqual([]);
  expect(errors[0]!.message).toBe(`failed to get input 'INPUT${"s".repeat(250)}'`);
});

test("a request whose copy fails for want of memory keeps that error, and the next goes on", () => {
  const services = new TableServices([
    { inputs: ["INPUT0", "INPUT1"], outputs: ["OUTPUT0", "OUTPUT1"] },
    { inputs: ["INPUT0"], outputs: ["OUTPUT0"] },
  ]);
  services.withoutMemory.add(0);
  new GuestInstance(module, services, new CountingGate()).call("triton_execute");
  expect(services.errors).toEqual([{ request: 0, code: 4, message: "no memory" }]);
  expect(services.copies).toEqual(["1: OUTPUT0 <- INPUT0"]);
});

test("one instance serves batch after batch and keeps nothing of the last", () => {
  const guest = (services: TableServices) =>
    new GuestInstance(module, services, new CountingGate());
  const services = new TableServices([{ inputs: ["INPUTlonger"], outputs: ["OUTPUTlonger"] }]);
  const one = guest(services);
  for (let round = 0; round < 1_000; round++) one.call("triton_execute");
  expect(services.copies.length).toBe(1_000);
});

test("the identity guest imports nothing but the ABI and exports no more than it needs", () => {
  const names = WebAssembly.Module.imports(module).map(
    ({ module: from, name }) => `${from}.${name}`,
  );
  expect(names.every((name) => name.startsWith("triton_v0."))).toBe(true);
  expect(
    WebAssembly.Module.exports(module)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["memory", "triton_execute"]);
});
