import { GuestInstance } from "../../host/guest/instance.js";
import { TableServices } from "../support/wasm/table-services.js";
import {
  configOf,
  type IdentityGuest,
  identityModule,
  load,
  pair,
  parameters,
  refusal,
  sleepsOf,
} from "./identity-guest.js";

const U32_MAX = 0xffff_ffff;
const ONE = { inputs: ["INPUT0"], outputs: ["OUTPUT0"] };

const withParameters = (values: Readonly<Record<string, string>>) =>
  configOf([pair(0)], parameters(values));

/** What instance `ordinal` of this configuration sleeps in one batch of three requests. */
function executeSleeps(values: Readonly<Record<string, string>>, ordinal = 0): number[] {
  const guest = load(withParameters(values), { ordinal });
  return sleepsOf(() => guest.execute(ONE, ONE, ONE));
}

describe("execute_delay_ms", () => {
  test("is slept once per batch, also for an empty one", () => {
    expect(executeSleeps({ execute_delay_ms: "250" })).toEqual([250]);
    const guest = load(withParameters({ execute_delay_ms: "5" }));
    expect(sleepsOf(() => guest.execute())).toEqual([5]);
  });

  test("is not slept when it is 0 or missing", () => {
    expect(executeSleeps({ execute_delay_ms: "0" })).toEqual([]);
    expect(executeSleeps({})).toEqual([]);
    const guest = load(configOf([pair(0)], { parameters: undefined }));
    expect(sleepsOf(() => guest.execute(ONE))).toEqual([]);
  });

  test("is multiplied by the multiplier and the ordinal of the instance; the factor is at least 1", () => {
    const values = { execute_delay_ms: "100", instance_wise_delay_multiplier: "4" };
    expect([0, 1, 2].map((ordinal) => executeSleeps(values, ordinal))).toEqual([
      [100],
      [400],
      [800],
    ]);
    for (const multiplier of ["0", "-4", "-2147483648"]) {
      const less = { ...values, instance_wise_delay_multiplier: multiplier };
      expect([0, 1, 2].map((ordinal) => executeSleeps(less, ordinal))).toEqual([
        [100],
        [100],
        [100],
      ]);
    }
    expect(executeSleeps({ execute_delay_ms: "100" }, 3)).toEqual([100]);
  });

  test("may reach the longest possible sleep, and not more", () => {
    const values = { execute_delay_ms: "2147483647", instance_wise_delay_multiplier: "1" };
    expect(executeSleeps(values, 2)).toEqual([2 * 2_147_483_647]);
    expect(executeSleeps({ ...values, execute_delay_ms: "1" }, U32_MAX >>> 1)).toEqual([
      U32_MAX >>> 1,
    ]);
    expect(refusal(withParameters(values), { ordinal: 3 })).toBe(
      "model 'm': parameter 'execute_delay_ms' is too long: instance 3 would sleep 3 times 2147483647 ms",
    );
  });

  test("is refused when the product exceeds 64 bits", () => {
    const config = withParameters({
      execute_delay_ms: "2147483647",
      instance_wise_delay_multiplier: "2147483647",
    });
    expect(refusal(config, { ordinal: 2_147_483_647 })).toContain("4611686014132420609 times");
  });

  test("of 0 stays 0, whatever the multiplier", () => {
    const values = { execute_delay_ms: "0", instance_wise_delay_multiplier: "2147483647" };
    expect(executeSleeps(values, 2_147_483_647)).toEqual([]);
  });
});

describe("an invalid number", () => {
  const NOT_NUMBERS = ["", "x", "5x", "1.5", "1e3", " 5", "5 ", "0x10", "--1", "-", "+", "٣"];
  const NOT_32_BITS = ["2147483648", "-2147483649", "99999999999999999999"];

  test.each([...NOT_NUMBERS, ...NOT_32_BITS, "-1"])("'%s' is refused as a delay", (value) => {
    for (const name of ["execute_delay_ms", "creation_delay_sec"]) {
      expect(refusal(withParameters({ [name]: value }))).toBe(
        `model 'm': parameter '${name}' must be a whole number from 0 to 2147483647, got '${value}'`,
      );
    }
  });

  test.each([...NOT_NUMBERS, ...NOT_32_BITS])("'%s' is refused as a multiplier", (value) => {
    const values = { execute_delay_ms: "1", instance_wise_delay_multiplier: value };
    expect(refusal(withParameters(values))).toBe(
      "model 'm': parameter 'instance_wise_delay_multiplier' must be a whole number " +
        `from -2147483648 to 2147483647, got '${value}'`,
    );
  });

  test("does not matter when the parameter is not read", () => {
    expect(executeSleeps({ instance_wise_delay_multiplier: "x", nested_span_count: "y" })).toEqual(
      [],
    );
  });

  test("may have a sign and leading zeros", () => {
    expect(executeSleeps({ execute_delay_ms: "+0025" })).toEqual([25]);
    expect(executeSleeps({ execute_delay_ms: "-0" })).toEqual([]);
  });
});

test.each([
  ["execute_delay_ms", {}],
  ["instance_wise_delay_multiplier", { execute_delay_ms: { string_value: "1" } }],
  ["creation_delay_sec", {}],
  ["enable_custom_tracing", {}],
])("%s without a string_value is refused", (name, others) => {
  for (const value of [{}, null, "5", 5, [], { string_value: 5 }, { string_value: null }]) {
    const config = configOf([pair(0)], { parameters: { ...others, [name]: value } });
    expect(refusal(config)).toBe(`model 'm': parameter '${name}' has no string_value`);
  }
});

test("parameters that the model does not know are ignored", () => {
  load(configOf([pair(0)], { parameters: { other: {}, execute_deadline_ms: 5 } }));
});

describe("creation_delay_sec", () => {
  test("delays the first instance only, which logs it before, and creates the counter afterwards", () => {
    let guest: IdentityGuest | undefined;
    const config = withParameters({ creation_delay_sec: "10" });
    expect(sleepsOf(() => (guest = load(config)))).toEqual([10_000]);
    expect(guest!.services.lines).toEqual([{ level: 0, message: "Creation delay is set to: 10" }]);
    expect(guest!.services.events.at(-1)).toBe("counter input_byte_size_counter");
    const second = () => (guest = load(config, { ordinal: 1 }));
    expect(sleepsOf(second)).toEqual([]);
    expect(guest!.services.lines).toEqual([]);
  });

  test("neither delays nor logs anything when a failed guest is replaced", () => {
    let guest: IdentityGuest | undefined;
    const config = withParameters({ creation_delay_sec: "10", enable_custom_tracing: "true" });
    expect(sleepsOf(() => (guest = load(config, {}, 1)))).toEqual([]);
    expect(guest!.services.lines).toEqual([]);
  });

  test("of 0 does not delay; the log shows the text of the configuration", () => {
    let guest: IdentityGuest | undefined;
    const config = withParameters({ creation_delay_sec: "+00" });
    expect(sleepsOf(() => (guest = load(config)))).toEqual([]);
    expect(guest!.services.lines).toEqual([{ level: 0, message: "Creation delay is set to: +00" }]);
  });

  test("logs nothing when it is missing", () => {
    expect(load(withParameters({})).services.lines).toEqual([]);
  });

  test("is slept in parts when it is too long for one host call", () => {
    const sleeps = (seconds: number) =>
      sleepsOf(() => load(withParameters({ creation_delay_sec: String(seconds) })));
    expect(sleeps(4_294_967)).toEqual([4_294_967_000]);
    expect(sleeps(4_294_968)).toEqual([U32_MAX, 4_294_968_000 - U32_MAX]);
    const longest = sleeps(2_147_483_647);
    expect(longest.reduce((sum, ms) => sum + ms)).toBe(2_147_483_647_000);
    expect(longest.length).toBe(500);
  });

  test("does not delay a load that is refused", () => {
    const refused = [
      { ...withParameters({ creation_delay_sec: "10" }), output: [] },
      withParameters({ creation_delay_sec: "10", execute_delay_ms: "x" }),
      configOf([pair(0)], {
        parameters: { creation_delay_sec: { string_value: "10" }, enable_custom_tracing: {} },
      }),
    ];
    for (const config of refused) expect(sleepsOf(() => refusal(config))).toEqual([]);
  });

  test("is refused after the other parameters", () => {
    expect(refusal(withParameters({ creation_delay_sec: "x", execute_delay_ms: "y" }))).toContain(
      "execute_delay_ms",
    );
    expect(refusal(withParameters({ creation_delay_sec: "x" }), { ordinal: 1 })).toContain(
      "creation_delay_sec",
    );
  });
});

describe("enable_custom_tracing", () => {
  const lines = (value: string, ordinal = 0) =>
    load(withParameters({ enable_custom_tracing: value }), { ordinal }).services.lines;

  test("logs a warning once per model version", () => {
    expect(lines("true")).toEqual([
      {
        level: 1,
        message:
          "model 'm': enable_custom_tracing has no effect: Python-based backends cannot add activities to a trace",
      },
    ]);
    expect(lines("true", 1)).toEqual([]);
  });

  test("is off unless it is exactly 'true'", () => {
    for (const value of ["false", "True", "1", "true ", ""]) expect(lines(value)).toEqual([]);
  });
});

test("a load without messages logs nothing", () => {
  expect(load(configOf([pair(0)])).services.events).toEqual(["counter input_byte_size_counter"]);
});

test("a counter that the server refuses fails the load with the server's error text", () => {
  const refuse = () => {
    throw new Error("the server's words");
  };
  const services = new TableServices([], {
    arguments: { model_name: "m", model_config: JSON.stringify(configOf([pair(0)])) },
  });
  services.newMetric = refuse;
  const guest = new GuestInstance(identityModule, services);
  expect(() => guest.call("triton_initialize")).toThrow("the server's words");
});
