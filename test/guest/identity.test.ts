import type { TableRequest, TableServices } from "../support/wasm/table-services.js";
import { configOf, type IdentityGuest, identityModule, load, pair } from "./identity-guest.js";

const INVALID_ARG = 3;
const UNSUPPORTED = 5;

const pairs = (...suffixes: (string | number)[]): IdentityGuest =>
  load(configOf(suffixes.map((suffix) => pair(suffix))));

function run(...requests: TableRequest[]): TableServices {
  return pairs(0, 1, 2, 10).execute(...requests);
}

test("each requested output is a copy of the input with the same suffix, in any order", () => {
  const { copies, errors } = run(
    { inputs: ["INPUT0", "INPUT1", "INPUT2"], outputs: ["OUTPUT2", "OUTPUT0"] },
    { inputs: ["INPUT10", "INPUT2", "INPUT1"], outputs: ["OUTPUT1", "OUTPUT10", "OUTPUT2"] },
    { inputs: ["INPUT2", "INPUT10"], outputs: ["OUTPUT10"] },
  );
  expect(copies).toEqual([
    "0: OUTPUT2 <- INPUT2",
    "0: OUTPUT0 <- INPUT0",
    "1: OUTPUT1 <- INPUT1",
    "1: OUTPUT10 <- INPUT10",
    "1: OUTPUT2 <- INPUT2",
    "2: OUTPUT10 <- INPUT10",
  ]);
  expect(errors).toEqual([]);
});

test("neither the order of a request's inputs nor the order in earlier requests matters", () => {
  const suffixes = ["0", "1", "2", "3", "4", "5", "00", "01", "10"];
  const guest = load(
    configOf(
      suffixes.map((suffix) => pair(suffix, {}, { optional: true, data_type: "TYPE_FP32" })),
    ),
  );
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const shuffled = () => {
    const rest = [...suffixes];
    return suffixes.map(() => rest.splice(random(rest.length), 1)[0]!);
  };
  for (let round = 0; round < 300; round++) {
    const brought = shuffled().slice(0, 1 + random(suffixes.length));
    const wanted = shuffled().slice(0, random(suffixes.length + 1));
    const before = guest.services.events.length;
    guest.execute({
      inputs: ["START", ...brought.map((suffix) => `INPUT${suffix}`), "END"],
      outputs: wanted.map((suffix) => `OUTPUT${suffix}`),
    });
    const events = guest.services.events
      .slice(before)
      .filter((event) => /^(copy|zeros)/.test(event));
    expect(events).toEqual(
      wanted.map((suffix) =>
        brought.includes(suffix)
          ? `copy 0: OUTPUT${suffix} <- INPUT${suffix}`
          : `zeros 0: OUTPUT${suffix} [1]`,
      ),
    );
  }
});

test("an output without its input fails only its request, and the error names the input", () => {
  const { copies, errors } = run(
    { inputs: ["INPUT0"], outputs: ["OUTPUT0"] },
    { inputs: ["INPUT0", "INPUT10"], outputs: ["OUTPUT1"] },
    { inputs: ["INPUT1"], outputs: ["OUTPUT1"] },
  );
  expect(errors).toEqual([
    { request: 1, code: UNSUPPORTED, message: "failed to get input 'INPUT1'" },
  ]);
  expect(copies).toEqual(["0: OUTPUT0 <- INPUT0", "2: OUTPUT1 <- INPUT1"]);
});

test("after an error the request's other outputs are not created, and it has no parameters", () => {
  const { copies, errors, parameters } = run(
    { inputs: ["INPUT0", "INPUT2"], outputs: ["OUTPUT0", "OUTPUT1", "OUTPUT2"] },
    { inputs: ["INPUT2"], outputs: ["OUTPUT2"] },
  );
  expect(copies).toEqual(["0: OUTPUT0 <- INPUT0", "1: OUTPUT2 <- INPUT2"]);
  expect(errors.length).toBe(1);
  expect(new Set(parameters.map(({ request }) => request))).toEqual(new Set([1]));
});

test("a request without requested outputs gets parameters only, without an error", () => {
  const { copies, zeros, errors, parameters } = run({ inputs: ["INPUT0"], outputs: [] });
  expect({ copies, zeros, errors }).toEqual({ copies: [], zeros: [], errors: [] });
  expect(parameters.length).toBe(3);
  expect(run().events).toEqual(["counter input_byte_size_counter"]);
});

test("each response without an error has the example parameters, in order", () => {
  const { parameters } = run(
    { inputs: ["INPUT0"], outputs: ["OUTPUT0"] },
    { inputs: [], outputs: ["OUTPUT0"] },
    { inputs: ["INPUT1"], outputs: [] },
  );
  // The double is one more call of the host, which drops it: see identity-host-calls.test.ts.
  const all = (request: number) => [
    { request, key: "param0", value: "an example string parameter" },
    { request, key: "param1", value: 42n },
    { request, key: "param2", value: false },
  ];
  expect(parameters).toEqual([...all(0), ...all(2)]);
});

test("a release that does not transport parameters does not make a request fail", () => {
  const guest = load(configOf([pair(0)]), { carriesParameters: false });
  const { copies, parameters } = guest.execute({ inputs: ["INPUT0"], outputs: ["OUTPUT0"] });
  expect(copies.length).toBe(1);
  expect(parameters).toEqual([]);
});

test("a correlation id that is a text fails only its request", () => {
  const request = { inputs: ["INPUT0"], outputs: ["OUTPUT0"] };
  const { copies, errors, counters, parameters } = run(
    { ...request, correlationId: 7n },
    { ...request, correlationId: "seven" },
    { ...request, correlationId: "" },
    request,
  );
  const message = "correlation ID in request is not an unsigned int";
  expect(errors).toEqual([
    { request: 1, code: INVALID_ARG, message },
    { request: 2, code: INVALID_ARG, message },
  ]);
  expect(copies).toEqual(["0: OUTPUT0 <- INPUT0", "3: OUTPUT0 <- INPUT0"]);
  expect(counters[0]!.sum).toBe(8);
  expect(parameters.length).toBe(6);
});

test("an output that the model does not have is refused, whatever its name", () => {
  const names = ["OUTPUT3", "OUT", "", "INPUT0", "OUTPUT00", "OUTPUT"];
  const { copies, errors } = run(
    ...names.map((name) => ({ inputs: ["INPUT", "INPU", "", "INPUT0"], outputs: [name] })),
  );
  expect(copies).toEqual([]);
  expect(errors.map(({ message }) => message)).toEqual([
    "failed to get input 'INPUT3'",
    "failed to get input 'INPUT'",
    "failed to get input 'INPUT'",
    "failed to get input 'INPUT'",
    "failed to get input 'INPUT00'",
    "failed to get input 'INPUT'",
  ]);
});

test("names of every length up to the limit are paired", () => {
  for (const length of [1, 100, 249, 250]) {
    const suffix = "1".repeat(length);
    const { copies } = pairs(suffix).execute({
      inputs: [`INPUT${suffix}`],
      outputs: [`OUTPUT${suffix}`],
    });
    expect(copies).toEqual([`0: OUTPUT${suffix} <- INPUT${suffix}`]);
  }
});

test("longer names are refused with an error of limited length; they are not paired by their beginning", () => {
  const suffix = "1".repeat(250);
  const { copies, errors } = pairs(suffix).execute({
    inputs: [`INPUT${suffix}1`, `INPUT${suffix}`.repeat(400)],
    outputs: [`OUTPUT${suffix}${"1".repeat(100_000)}`],
  });
  expect(copies).toEqual([]);
  expect(errors[0]!.message).toBe(`failed to get input 'INPUT${suffix}'`);
});

test("a request whose copy fails because memory ran out keeps that error, and the next request continues", () => {
  const guest = pairs(0, 1);
  guest.services.withoutMemory.add(0);
  const { errors, copies, counters, parameters } = guest.execute(
    { inputs: ["INPUT0", "INPUT1"], outputs: ["OUTPUT0", "OUTPUT1"] },
    { inputs: ["INPUT0"], outputs: ["OUTPUT0"] },
  );
  expect(errors).toEqual([{ request: 0, code: 4, message: "no memory" }]);
  expect(copies).toEqual(["1: OUTPUT0 <- INPUT0"]);
  // Counted before the copy: the first request's first input, not its second.
  expect(counters[0]!.sum).toBe(8);
  expect(parameters.every(({ request }) => request === 1)).toBe(true);
});

describe("the counter of input bytes", () => {
  const input = (name: string, byteSize: number) => ({ name, byteSize });

  test("exists from the load on, with the value 0", () => {
    expect(pairs(0).services.counters).toEqual([
      {
        kind: 0,
        name: "input_byte_size_counter",
        help: "Cumulative input byte size of all requests received by the model",
        sum: 0,
        additions: 0,
      },
    ]);
  });

  test("counts the inputs of requested outputs only, with one addition per batch", () => {
    const { counters } = run(
      { inputs: [input("INPUT0", 1), input("INPUT1", 20)], outputs: ["OUTPUT1", "OUTPUT0"] },
      { inputs: [input("INPUT0", 300), input("INPUT1", 4_000)], outputs: ["OUTPUT0"] },
      { inputs: [input("INPUT0", 50_000)], outputs: [] },
    );
    expect(counters).toMatchObject([{ sum: 321, additions: 1 }]);
  });

  test("has 64 after four requests of 2 x 2 UINT32", () => {
    const request = { inputs: [input("INPUT0", 16)], outputs: ["OUTPUT0"] };
    expect(run(request, request, request, request).counters[0]!.sum).toBe(64);
  });

  test("counts sizes above 2 GiB and sums above 4 GiB", () => {
    const request = { inputs: [input("INPUT0", 0xffff_ffff)], outputs: ["OUTPUT0"] };
    expect(run(request, request, request).counters[0]!.sum).toBe(3 * 0xffff_ffff);
  });

  test("does not change with an empty batch", () => {
    const { counters } = run({ inputs: [input("INPUT0", 0)], outputs: ["OUTPUT0"] });
    expect(counters[0]!.additions).toBe(0);
  });

  test("counts what was copied before a request failed", () => {
    const { counters, errors } = run({
      inputs: [input("INPUT0", 5)],
      outputs: ["OUTPUT0", "OUTPUT1"],
    });
    expect(errors.length).toBe(1);
    expect(counters[0]!.sum).toBe(5);
  });
});

test("one instance serves many batches, and keeps nothing of earlier ones", () => {
  const guest = pairs(0);
  for (let round = 0; round < 1_000; round++) {
    guest.execute({ inputs: ["INPUT0"], outputs: ["OUTPUT0"] });
  }
  expect(guest.services.copies.length).toBe(1_000);
  expect(guest.services.counters[0]).toMatchObject({ sum: 4_000, additions: 1_000 });
});

test("the identity guest imports only the ABI, and exports only what it needs", () => {
  const names = WebAssembly.Module.imports(identityModule.module).map(
    ({ module: from, name }) => `${from}.${name}`,
  );
  expect(names.every((name) => name.startsWith("triton_v1."))).toBe(true);
  expect(
    WebAssembly.Module.exports(identityModule.module)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["memory", "triton_execute", "triton_initialize"]);
});
