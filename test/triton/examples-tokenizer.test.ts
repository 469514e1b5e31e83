import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { Random } from "../support/random.js";
import { ModelRepository } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { encodeBytes, type Tensor } from "../support/triton/tensors.js";
import { unload } from "../support/triton/unload.js";
import { WASM_BACKEND } from "../support/wasm/guests.js";

const PROCESSING = join(projectFolder(), "examples/processing");
const TOKENIZER = join(PROCESSING, "tokenizer");
const MAX_TOKENS = 128;

const vocabulary = readFileSync(join(TOKENIZER, "1/files/vocab.txt"), "utf8").trimEnd().split("\n");
const ids = new Map(vocabulary.map((token, index) => [token, index]));

/** In another way than the model: for each word, the vocabulary from its longest entry on. */
const byLength = [...vocabulary].sort((a, b) => Buffer.byteLength(b) - Buffer.byteLength(a));

function piecesOf(word: string): string[] {
  if (Buffer.byteLength(word) > 100) return ["[UNK]"];
  const pieces: string[] = [];
  for (let rest = word; rest !== ""; ) {
    const mark = rest === word ? "" : "##";
    const piece = byLength.find(
      (entry) =>
        entry.length > mark.length && `${mark}${rest}`.startsWith(entry) && entry.startsWith(mark),
    );
    if (piece === undefined) return ["[UNK]"];
    pieces.push(piece);
    rest = rest.slice(piece.length - mark.length);
  }
  return pieces;
}

/** The tokens of a text, cut off at the model's maximum. */
function tokensOf(text: string, max = MAX_TOKENS): string[] {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const words = lower.match(/[a-z0-9\u0080-\u{10ffff}]+|[!-~]/gu) ?? [];
  return ["[CLS]", ...words.flatMap(piecesOf).slice(0, max - 2), "[SEP]"];
}

test("the vocabulary has some hundred entries, each once", () => {
  expect(ids.size).toBe(vocabulary.length);
  expect(vocabulary.length).toBeGreaterThan(250);
  expect(vocabulary.length).toBeLessThan(1000);
});

describe.each(["23.12", "24.10"])("the example tokenizer on %s", (release) => {
  const random = new Random(29);
  const broken = new ModelRepository();
  let server: TritonServer;

  beforeAll(async () => {
    const config = readFileSync(join(TOKENIZER, "config.pbtxt"), "utf8").replace(/^name: .*$/m, "");
    const module = readFileSync(join(TOKENIZER, "1/model.wasm"));
    broken.add("no_file", config, { "model.wasm": module });
    server = await TritonServer.start({
      release,
      modelRepository: [PROCESSING, broken.folder],
      loadModels: ["tokenizer"],
      backends: [WASM_BACKEND],
    });
  });

  afterAll(async () => {
    expect(await server?.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
    broken.remove();
  });

  const textsOf = (elements: readonly (string | Uint8Array)[]): Tensor => ({
    ...{ name: "TEXT", datatype: "BYTES", shape: [elements.length, 1] },
    bytes: encodeBytes(elements),
  });

  async function tokenized(input: Tensor): Promise<{ ids: number[][]; mask: number[][] }> {
    const { outputs } = await server.http.infer("tokenizer", [input]);
    const rowsOf = (name: string) => {
      const output = outputs.find((candidate) => candidate.name === name)!;
      expect(output.datatype).toBe("INT64");
      const [rows, width] = output.shape as [number, number];
      const values = [...new BigInt64Array(Uint8Array.from(output.bytes).buffer)].map(Number);
      expect(values).toHaveLength(rows * width);
      return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width));
    };
    return { ids: rowsOf("INPUT_IDS"), mask: rowsOf("ATTENTION_MASK") };
  }

  async function expectTokens(texts: readonly string[], max = MAX_TOKENS): Promise<void> {
    const tokens = texts.map((text) => tokensOf(text, max));
    const width = Math.max(...tokens.map(({ length }) => length));
    const answer = await tokenized(textsOf(texts));
    expect(answer.ids.map((row) => row.map((id) => vocabulary[id]))).toEqual(
      tokens.map((row) => [...row, ...Array(width - row.length).fill("[PAD]")]),
    );
    expect(answer.mask).toEqual(
      tokens.map((row) => [...Array(row.length).fill(1), ...Array(width - row.length).fill(0)]),
    );
  }

  test("finds the pieces that a reader finds", async () => {
    const { ids: rows } = await tokenized(textsOf(["The Foxes jumped: 1st größe, \t~!"]));
    expect(rows[0]!.map((id) => vocabulary[id])).toEqual([
      ...["[CLS]", "the", "fox", "##es", "jump", "##ed", ":", "1", "##st", "größe", ","],
      ...["[UNK]", "!", "[SEP]"],
    ]);
  });

  test.each<[string, string[]]>([
    ["an empty text", [""]],
    ["blanks", [" \t\n\r ", ""]],
    ["signs", ["#, ##, ##s ##[PAD] [CLS]"]],
    ["UTF-8", ["Größe größe ñandú 日本 日本語 🙂 straße weißé"]],
    ["unknown words among others", ["the q aq qa quick fox's 10q~"]],
    ["words at the limit of 100 bytes", [`${"ab".repeat(50)} ${"ab".repeat(50)}c`]],
    ["a control character", ["fox\0dog\x7fthe"]],
    ["32 texts", Array.from({ length: 32 }, (_, index) => "the fox ".repeat(index))],
  ])("tokenizes %s", (_, texts) => expectTokens(texts));

  test("tokenizes random words", async () => {
    const parts = ["the", "fox", "ing", "q", "s", " ", " ", " ", ",", "ü", "World", "7", "ä", "~"];
    const text = () => Array.from({ length: random.below(150) }, () => random.pick(parts)).join("");
    for (let round = 0; round < 20; round++) {
      await expectTokens(Array.from({ length: 1 + random.below(8) }, text));
    }
  });

  test("cuts a long text off, also within a word, and keeps the last [SEP]", async () => {
    await expectTokens(["the fox ".repeat(62), "the fox ".repeat(63), "the fox ".repeat(64)]);
    await expectTokens([`${"the ".repeat(125)}jumpings`, "word ".repeat(100_000)]);
    const config = await server.http.modelConfig("tokenizer");
    const parameters = { max_tokens: { string_value: "2" } };
    await server.http.load("tokenizer", { ...config, parameters });
    await expectTokens(["the fox", ""], 2);
    await server.http.load("tokenizer", config);
  });

  test("answers bytes that are not UTF-8 with [UNK]", async () => {
    const { ids: rows } = await tokenized(textsOf([Uint8Array.of(0xff, 0x20, 0x66, 0x6f, 0x78)]));
    expect(rows[0]!.map((id) => vocabulary[id])).toEqual(["[CLS]", "[UNK]", "fox", "[SEP]"]);
  });

  test("refuses texts of more than a megabyte, and serves on", async () => {
    const size = 1048576 - 4;
    expect(await server.http.inferError("tokenizer", [textsOf(["a".repeat(size + 1)])])).toBe(
      `input TEXT has ${size + 5} bytes, above the model's limit of 1048576`,
    );
    await expectTokens(["a".repeat(size)]);
  });

  test("refuses an element that is cut off, and serves on", async () => {
    const bytes = encodeBytes(["the fox"]);
    bytes[0] = 200;
    const error = await server.http.inferError("tokenizer", [
      { name: "TEXT", datatype: "BYTES", shape: [1, 1], bytes },
    ]);
    // A server of 24.10 refuses it, and does not pass it to the model.
    expect(error).toMatch(
      release === "23.12" ? /^input TEXT ends within an element$/ : /incomplete string data/,
    );
    await expectTokens(["the fox"]);
    expect(await server.http.metrics()).not.toContain("wasm_guest_traps_total{");
  });

  test("does not load without its file, or with another number of tokens", async () => {
    expect(await server.http.loadError("no_file")).toContain(
      "the model needs the file files/vocab.txt in its version's folder",
    );
    const config = await server.http.modelConfig("tokenizer");
    await unload(server, "tokenizer");
    for (const text of ["1", "513", "ten", "00128"]) {
      const parameters = { max_tokens: { string_value: text } };
      expect(await server.http.loadError("tokenizer", { ...config, parameters })).toContain(
        "the model parameter max_tokens must be a whole number from 2 to 512",
      );
    }
  });
});
