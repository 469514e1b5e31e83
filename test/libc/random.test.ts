import { expect, test } from "@jest/globals";
import { fillRandom } from "../../host/libc/random.js";

test("every byte is drawn, and nothing beside them", () => {
  const buffer = new Uint8Array(65_536 + 2);
  const seen = buffer.map(() => 0);
  for (let round = 0; round < 8; round++) {
    fillRandom(buffer.subarray(1, -1));
    for (let at = 0; at < buffer.length; at++) seen[at]! |= buffer[at]!;
  }
  expect([seen[0], seen.at(-1)]).toEqual([0, 0]);
  // Eight draws leave a byte zero once in 2^64.
  expect(seen.subarray(1, -1).every((bits) => bits !== 0)).toBe(true);
});

test("no bytes are no call's trouble", () => {
  expect(() => fillRandom(new Uint8Array(0))).not.toThrow();
});
