import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { closeRegions } from "../../support/region/parent-region.js";
import { COMPARE } from "./compare.js";
import { fixtures, Opened, slotOf } from "./opened.js";

afterEach(closeRegions);

const each = fixtures.map((fixture) => [`${fixture.release} ${fixture.moment}`, fixture] as const);

test("there are regions of every release that a server was captured of", () => {
  expect([...new Set(fixtures.map(({ release }) => release))].sort()).toEqual([
    ...["23.10", "23.12", "24.03", "24.04", "24.06", "24.08", "24.10"],
    ...["25.02", "25.12", "26.03", "26.06"],
  ]);
});

describe.each(each)("the region %s of a real server", (_place, fixture) => {
  let opened: Opened | undefined;
  beforeAll(() => {
    opened = new Opened(fixture);
  });
  // A thousand regions of 1 MiB do not fit beside each other.
  afterAll(() => {
    opened = undefined;
  });

  test("lies in its queue's slot and has its release's command", () => {
    const one = opened!;
    expect(one.message.command).toBe(one.layout.commands[fixture.command]);
    expect(slotOf(one)).toBe(fixture.message);
  });

  test("is decoded as what was sent", () => {
    const compare = COMPARE[fixture.command];
    if (compare === undefined) throw new Error(`nothing compares a ${fixture.command}`);
    const before = expect.getState().assertionCalls;
    compare(opened!);
    expect(expect.getState().assertionCalls).toBeGreaterThan(before);
  });
});
