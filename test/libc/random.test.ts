import { expect, test } from "@jest/globals";
import { fillRandom } from "../../host/libc/random.js";

test("all bytes become random, and no others", () => {
  const buffer = new Uint8Array(65_536 + 2);
  const seen = buffer.map(() => 0);
  for (let round = 0; round < 8; round++) {
    fillRandom(buffer.subarray(1, -1));
    for (let at = 0; at < buffer.length; at++) seen[at]! |= buffer[at]!;
  }
  expect([seen[0], seen.at(-1)]).toEqual([0, 0]);
  // The probability that a byte is 0 in all eight calls is 2^-64.
  expect(seen.subarray(1, -1).every((bits) => bits !== 0)).toBe(true);
});

test("an empty buffer is accepted", () => {
  expect(() => fillRandom(new Uint8Array(0))).not.toThrow();
});
