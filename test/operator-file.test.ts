import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OPERATOR_FILE_MAX_BYTES } from "../host/limits.js";
import { readOperatorFile } from "../host/operator-file.js";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "operator-"));
  file = join(folder, "limits");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a file that is there is read, and one that is not says nothing", () => {
  expect(readOperatorFile(file)).toBeUndefined();
  writeFileSync(file, "required\n");
  expect(readOperatorFile(file)).toBe("required\n");
});

/** Each makes what cannot be read, where a pipe or a device would make a reader wait. */
const UNREADABLE: readonly (readonly [string, () => void, RegExp])[] = [
  ["a folder", () => mkdirSync(file), /EISDIR|not a regular file/],
  ["a link to itself", () => symlinkSync(file, file), /ELOOP/],
  ["a pipe without a writer", () => execFileSync("mkfifo", [file]), /not a regular file/],
  ["an endless device", () => symlinkSync("/dev/zero", file), /not a regular file/],
  [
    "more than anybody writes",
    () => writeFileSync(file, Buffer.alloc(OPERATOR_FILE_MAX_BYTES + 1, "#")),
    /more than 65536 bytes/,
  ],
];

test.each(UNREADABLE)("%s is an error, and does not pass for no file", (_what, make, reason) => {
  make();
  expect(() => readOperatorFile(file)).toThrow(reason);
  expect(() => readOperatorFile(file)).toThrow(
    /^the operator's file \S+limits cannot be read: .*; correct or remove it$/,
  );
});
