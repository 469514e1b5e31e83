import fc from "fast-check";
import { StubError } from "../../host/errors.js";
import { ABI_IMPORTS } from "../../host/guest/abi.js";
import { GuestInstance } from "../../host/guest/instance.js";
import { compileGuest, POLL } from "../support/wasm/assemble.js";
import { TableServices } from "../support/wasm/table-services.js";

const REQUESTS = [
  { inputs: ["INPUT0", { name: "IN", byteSize: 40 }], outputs: ["OUTPUT0", "OUTPUT1"] },
  { inputs: [], outputs: [] },
];

const INTERESTING = [0, 1, 2, 3, 8, 16, 65_528, 65_535, 65_536, 2 ** 31 - 1, -(2 ** 31), -1, -8];

const number32 = fc.oneof(
  fc.constantFrom(...INTERESTING),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
);
const ARGUMENT: Readonly<Record<string, fc.Arbitrary<string>>> = {
  i: number32.map((value) => `(i32.const ${value})`),
  I: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((value) => `(i64.const ${value})`),
  F: fc.double().map((value) => `(f64.const ${wat(value)})`),
};

/** A number as WebAssembly's text writes it. */
function wat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return Number.isFinite(value) ? String(value) : value > 0 ? "inf" : "-inf";
}

/** Sleeping is left out: a deadline bounds it. */
const NAMES = Object.keys(ABI_IMPORTS).filter((name) => name !== "sleep");

/** One call of a host function with any numbers. */
const anyCall = fc.constantFrom(...NAMES).chain((name) => {
  const [parameters] = ABI_IMPORTS[name]!.split("->");
  const args = [...parameters!].map((type) => ARGUMENT[type]!);
  return fc.tuple(...args).map((values) => `(drop (call $${name} ${values.join(" ")}))`);
});

test("with any numbers that a guest passes, its call succeeds or ends with a StubError", () => {
  fc.assert(
    fc.property(fc.array(anyCall, { minLength: 1, maxLength: 6 }), (calls) => {
      const services = new TableServices(REQUESTS);
      const guest = new GuestInstance(
        compileGuest(`${calls.join("\n")} (i32.const 0)`, POLL),
        services,
      );
      try {
        guest.call("triton_execute");
      } catch (error) {
        if (!(error instanceof StubError)) throw error;
        expect(error.code).toMatch(/^ERR_GUEST_(POINTER|ARGUMENT|OUTPUT)$/);
      }
      for (const { data } of services.written) expect(data.length).toBeLessThan(2 ** 31);
    }),
    { numRuns: 1_500, seed: 90 },
  );
});
