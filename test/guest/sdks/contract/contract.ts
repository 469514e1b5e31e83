import { expect } from "@jest/globals";
import { sdkModules } from "../models.js";

/** The model of this folder in each language. */
export const CONTRACT_MODELS: readonly (readonly [language: string, bytes: Buffer])[] = sdkModules(
  "test/guest/sdks/contract",
);

/** The configuration of the model, as text of a config.pbtxt. */
export const CONTRACT_CONFIG = `backend: "wasm"
max_batch_size: 0
input [ { name: "TEXTS" data_type: TYPE_STRING dims: [-1] optional: true },
        { name: "FLOATS" data_type: TYPE_FP32 dims: [-1] optional: true } ]
output [ { name: "REPORT" data_type: TYPE_STRING dims: [-1] } ]
parameters { key: "greeting" value { string_value: "grüße" } }
parameters { key: "empty" value { string_value: "" } }
`;

/** What the model reports about this configuration. */
export function reportOfConfig(name: string, version: string): string[] {
  return [
    `name ${name}`,
    `version ${version}`,
    "max_batch_size 0",
    "input TEXTS 13 -1",
    "input FLOATS 11 -1",
    "output REPORT 13 -1",
    "REPORT is output 0",
    "NOTHING is not an input",
    "greeting grüße",
    "nothing none",
  ];
}

/** Files beside the model: path below the folder, and text. */
export const CONTRACT_FILES: Readonly<Record<string, string>> = {
  "en/words.txt": "the words of a file: grüße",
  "vocabulary.bin": "x".repeat(100_000),
};

/** What the model reports about these files. */
export const REPORT_OF_FILES: readonly string[] = [
  "en/words.txt 28",
  "vocabulary.bin 100000",
  "words the words of a file: grüße",
  "piece  wor",
  "end 0",
  "missing -1 -1 the model has no file of this name: put it into the folder 'files' of its version",
];

/**
 * What the model reports about its metrics.
 * @param round how often it has counted, from 1
 */
export function reportOfMetrics(round: number, hasHistograms: boolean): string[] {
  const gone = "does not exist: it was not created, or it was deleted";
  return [
    `counters ${(round * 1.5).toFixed(1)} ${(round * 40).toFixed(1)} false false`,
    "gauge -2.0 false true false",
    expect.stringMatching(new RegExp(`^deleted metric \\d+ ${gone}$`)) as unknown as string,
    "refused true metric 'a b' was refused: a metric's name must begin with a letter, _ or :, contain only these and digits, and have at most 256 characters",
    hasHistograms
      ? "histogram true false"
      : "histogram metric 'contract_sizes' was refused: this release of Triton has no histograms; they need 24.08 or newer",
  ];
}

/** The elements of a BYTES tensor as text. */
export function textsOf(data: Uint8Array): string[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const texts: string[] = [];
  for (let at = 0; at < data.length; ) {
    const end = at + 4 + view.getUint32(at, true);
    texts.push(Buffer.from(data.subarray(at + 4, end)).toString());
    at = end;
  }
  return texts;
}

/** The data of a BYTES tensor. */
export function bytesOf(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}
