import { expect, test } from "@jest/globals";
import { allThatIsSaid, isSentence, pieces, sentencesOf, sentencesOfC } from "./sentences.js";
import { TEXT_FILES, textOf } from "./tree.js";

const PAGE = textOf("docs/operations.md");
const ROWS = PAGE.slice(PAGE.indexOf("## Messages"))
  .split("\n")
  .filter((line) => line.startsWith("| `"));
/** What the rows quote. */
const quoted = ROWS.flatMap(quotesOf).join("\n");
/** What their first column quotes: messages. */
const MESSAGES = ROWS.flatMap((row) => quotesOf(row.split(" | ")[0]!));

function quotesOf(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, quote]) => quote!);
}

/** Sentences that no row quotes a piece of. */
function unexplained(sentences: readonly string[]): string[] {
  return sentences.filter((text) => !pieces(text).some((piece) => quoted.includes(piece)));
}

test("docs/operations.md explains each sentence of the guard", () => {
  const sentences = TEXT_FILES.filter((file) => /^native\/guard\/.*\.c$/.test(file))
    .flatMap((file) => sentencesOfC(textOf(file)))
    .filter(isSentence);
  expect(sentences.length).toBeGreaterThan(25);
  expect(unexplained(sentences)).toEqual([]);
});

test("it explains each line that the executor logs", () => {
  const calls = TEXT_FILES.filter((file) => file.startsWith("host/")).flatMap((file) => [
    // What a notice says is made where the release is detected.
    ...[...textOf(file).matchAll(/\.log\(\s*LOG_LEVEL[^;]*?\);/g)].map(([call]) => call),
    ...[...textOf(file).matchAll(/(?:newer|warned)\([^;]*?\);|const text = `[^`]*`/g)].map(
      ([call]) => call,
    ),
  ]);
  const sentences = calls.flatMap(sentencesOf).filter(isSentence);
  expect(sentences.length).toBeGreaterThan(8);
  expect(unexplained(sentences)).toEqual([]);
});

test("it quotes no message that the code does not have", () => {
  const said = allThatIsSaid();
  expect(MESSAGES.length).toBeGreaterThan(30);
  expect(MESSAGES.flatMap(pieces).filter((piece) => !said.includes(piece))).toEqual([]);
});
