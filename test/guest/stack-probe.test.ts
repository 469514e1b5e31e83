import { expect, test } from "@jest/globals";
import { createStackProbe } from "../../host/guest/stack-probe.js";

/** What a host function may have to do when it is called for the first time. */
test("where the probe passes, a function that has never run can still be compiled and run", () => {
  const probe = createStackProbe();
  const cold = new Function("return (text) => text.replace(/[a-c]+x?/g, '')")() as (
    text: string,
  ) => string;
  let outcome: unknown;
  const dive = (): void => {
    try {
      dive();
    } catch {
      // The stack is used up.
    }
    if (outcome !== undefined) return;
    try {
      probe();
    } catch {
      return;
    }
    try {
      outcome = cold("abcd");
    } catch (error) {
      outcome = error;
    }
  };
  dive();
  expect(outcome).toBe("d");
});
