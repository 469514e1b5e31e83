import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectFolder } from "../../support/paths.js";

/** As ../messages/c/model.c, in AssemblyScript. Each line that fails is alone, so that its number says which it was. */
const SOURCE = `
import { Model, parseJson, Request } from "triton-wasm-backend/assembly/sdk";

class Messages extends Model {
  execute(request: Request): void {
    const input = request.requireInput("INPUT0");
    const output = request.response.output("OUTPUT0");
    if (input == null || output == null) return;
    const numbers = input.data<f32>();
    if (numbers == null || parseJson(request.parameters) == null) return;
    const number = <i32>numbers[0];
    const nothing = number == 5 ? request.input("INPUT7") : input;
    if (number == 1) throw new Error("größe: " + number.toString() + " weights are missing 🙂"); // line 13
    if (number == 2) numbers[number + numbers.length] = 0;
    assert(number != 3, "the third"); // line 15
    assert(number != 4); // line 16
    const there = nothing!; // line 17
    if (number == 6) throw new Error("long ".repeat(10_000)); // line 18
    if (number == 7) {
      let pages = 4096;
      while (pages > 0) if (memory.grow(pages) < 0) pages /= 2;
      throw new RangeError("no page is left"); // line 22
    }
    if (number == 8) new StaticArray<f64>(1 << 28);
    output.copy(there);
  }
}

const model = new Messages();

export function triton_execute(): i32 {
  return model.onExecute();
}
`;

/** Fails when the module is instantiated. */
const EARLY_SOURCE = `
import { logText, LogLevel } from "triton-wasm-backend/assembly/sdk";

logText(LogLevel.Warning, "before any export");
if (memory.size() > 0) throw new Error("there is no such table"); // line 5

export function triton_execute(): i32 {
  return 0;
}
`;

/**
 * Compiles the models as an author does who has installed the package: in a folder elsewhere, by the preset of the SDK.
 * @returns the modules
 */
export async function assemblyScriptMessages(): Promise<{
  readonly execute: Uint8Array;
  readonly start: Uint8Array;
}> {
  const folder = mkdtempSync(join(tmpdir(), "author-"));
  try {
    const packages = join(folder, "node_modules");
    mkdirSync(packages);
    symlinkSync(projectFolder(), join(packages, "triton-wasm-backend"));
    const preset = "./node_modules/triton-wasm-backend/assembly/sdk/asconfig.json";
    writeFileSync(join(folder, "asconfig.json"), JSON.stringify({ extends: preset }));
    return {
      execute: await compile(folder, "model.ts", SOURCE),
      start: await compile(folder, "early.ts", EARLY_SOURCE),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compile(folder: string, name: string, source: string): Promise<Uint8Array> {
  writeFileSync(join(folder, name), source);
  const asc = join(projectFolder(), "node_modules/.bin/asc");
  const target = `${name}.wasm`;
  await promisify(execFile)(asc, [name, "--config", "asconfig.json", "--outFile", target], {
    cwd: folder,
  });
  return readFileSync(join(folder, target));
}
