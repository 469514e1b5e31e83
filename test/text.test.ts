import { messageOf, StubError } from "../host/errors.js";
import { GUEST_TEXT_MAX_BYTES, QUOTED_MAX_LENGTH } from "../host/limits.js";
import {
  decodeText,
  printable,
  printableLogLine,
  shortened,
  wholeCharacters,
} from "../host/text.js";

/** A new line that looks like the server's own, and colours. */
const FORGED = "5\nE1129 23:59:59.000000 1 server.cc:1] forged \u001b[31mred";
const PLAIN = "5 E1129 23:59:59.000000 1 server.cc:1] forged  [31mred";

test("finding 10: an error's text is one line, whatever it quotes", () => {
  expect(new StubError("ERR_CONFIG_FIELD", FORGED).message).toBe(PLAIN);
  expect(messageOf(new Error(FORGED))).toBe(PLAIN);
  expect(messageOf(FORGED)).toBe(PLAIN);
});

test.each([
  ["C0", "\u0000\u0007\u000b\r\u001f"],
  ["DEL and C1", "\u007f\u0085\u009b\u009f"],
  ["separators of lines and paragraphs", "\u2028\u2029"],
  ["marks of direction", "\u061c\u200e\u200f\u202a\u202e\u2066\u2069"],
])("%s become blanks", (_kind, characters) => {
  for (const character of characters) {
    expect(printable(`a${character}b`)).toBe("a b");
    expect(printableLogLine(`a${character}b`)).toBe("a b");
  }
});

test("a tab stays in a whole log line, and nowhere else", () => {
  expect(printable("a\tb")).toBe("a b");
  expect(printableLogLine("a\tb")).toBe("a\tb");
});

test("texts of all languages stay", () => {
  const text = "Größe 大小 μέγεθος حجم 🙂 C:\\x \"y\" 'z'";
  expect(printable(text)).toBe(text);
});

test("a text is cut off at its limit, and what a sentence quotes at a shorter one", () => {
  expect(printable("x".repeat(GUEST_TEXT_MAX_BYTES + 1))).toHaveLength(GUEST_TEXT_MAX_BYTES);
  expect(shortened("x".repeat(QUOTED_MAX_LENGTH))).toBe("x".repeat(QUOTED_MAX_LENGTH));
  expect(shortened("x".repeat(QUOTED_MAX_LENGTH + 1))).toBe(`${"x".repeat(QUOTED_MAX_LENGTH)}…`);
});

test("a cut between the halves of a character leaves none of them", () => {
  expect(printable(`${"x".repeat(GUEST_TEXT_MAX_BYTES - 1)}🙂`)).toMatch(/^x+ $/);
  expect(shortened(`${"x".repeat(QUOTED_MAX_LENGTH - 1)}🙂`)).toMatch(/^x+ …$/);
  expect(printable("a\ud800b")).toBe("a b");
});

test("a byte order mark is a character of a text", () => {
  expect(decodeText(Buffer.from("\uFEFFa"))).toBe("\uFEFFa");
});

test.each(["a", "é", "€", "🙂"])(
  "bytes are cut off before a character that does not fit: '%s'",
  (last) => {
    const bytes = Buffer.from(`xyz${last}`);
    for (let length = 3; length < bytes.length; length++) {
      expect(wholeCharacters(bytes, length)).toBe(3);
    }
    expect(wholeCharacters(bytes, bytes.length)).toBe(bytes.length);
  },
);

test("what is not UTF-8 is cut where it is", () => {
  expect(wholeCharacters(Buffer.alloc(8, 0x80), 8)).toBe(8);
  expect(wholeCharacters(Buffer.of(0xf0), 1)).toBe(0);
  expect(wholeCharacters(Buffer.of(0xff, 0x80, 0x80, 0x80), 4)).toBe(4);
  expect(wholeCharacters(Buffer.alloc(0), 0)).toBe(0);
});
