import { LineWriter } from "../../../host/guest/wasi/line-writer.js";
import { GUEST_TEXT_MAX_BYTES } from "../../../host/limits.js";

function written(bytes: Uint8Array, pieceBytes: number): string[] {
  const lines: string[] = [];
  const writer = new LineWriter((line) => lines.push(line));
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    writer.push(bytes.subarray(from, from + pieceBytes));
  }
  writer.flush();
  return lines;
}

test.each([1, 3, 1_000, 100_000])(
  "a line that is too long ends between two characters, in pieces of %i bytes",
  (pieceBytes) => {
    for (const before of ["", "x", "xy", "xyz"]) {
      const text = before + "🙂".repeat(6_000);
      const lines = written(Buffer.from(`${text}\nend\n`), pieceBytes);
      expect(lines.join("")).toBe(`${text}end`);
      expect(lines).toHaveLength(4);
      for (const line of lines) {
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(GUEST_TEXT_MAX_BYTES);
      }
    }
  },
);

test("what is not UTF-8 makes lines, too", () => {
  const lines = written(new Uint8Array(3 * GUEST_TEXT_MAX_BYTES).fill(0x80), 1_000);
  expect(lines.map(({ length }) => length)).toEqual(Array(3).fill(GUEST_TEXT_MAX_BYTES));
});
