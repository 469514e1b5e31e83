import {
  FUNCTION_MAX_BYTES,
  FUNCTION_MAX_LOCALS,
  FUNCTION_MAX_OPTIMISED_BYTES,
  MODULE_MAX_COMPILE_BYTES,
  MODULE_MAX_FUNCTIONS,
  SMALL_CODE,
} from "../../../limits.js";
import { type BodyCost, BodyScanner } from "../code/body-scanner.js";
import { Signatures } from "../code/signatures.js";
import { skim } from "../code/skim.js";
import { Cursor } from "../cursor.js";
import type { ModuleDraft } from "../module-draft.js";
import { aboveLimit, malformed, type Place, tooCostlyTogether } from "../module-errors.js";
import { readValueType } from "../value-type.js";

/** Reads the type of each function that the module defines. */
export function readFunctions(cursor: Cursor, draft: ModuleDraft): void {
  const count = cursor.count("functions", MODULE_MAX_FUNCTIONS);
  for (let i = 0; i < count; i++)
    draft.functionTypes.push(cursor.index("type", draft.types.length));
}

/** Reads the index of the function that runs at instantiation. */
export function readStart(cursor: Cursor, draft: ModuleDraft): void {
  draft.startFunction = cursor.index("function", draft.functionTypes.length);
}

/** Estimates the memory to compile each body; V8 checks its types. */
export function readCode(cursor: Cursor, draft: ModuleDraft): void {
  draft.codeBytes = cursor.left;
  const begin = cursor.place();
  draft.bodyCount = cursor.count("function bodies", MODULE_MAX_FUNCTIONS);
  checkBodyCount(begin, draft);
  const signatures = new Signatures(draft);
  let scanner: BodyScanner | undefined;
  const small = draft.codeBytes <= SMALL_CODE.moduleMaxBytes && signatures.areSmall;
  for (let i = 0; i < draft.bodyCount; i++) {
    const place = cursor.place();
    const body = bodyAt(cursor, place);
    draft.largestBodyBytes = Math.max(draft.largestBodyBytes, body.left);
    const index = draft.imports.length + i;
    const type = draft.functionTypes[index]!;
    const locals = readLocals(body, signatures.parameters[type]!);
    if (small && isSmall(body, locals) && skim(body)) continue;
    scanner ??= new BodyScanner(cursor.bytes, signatures);
    note(draft, i, place, scanner.scan(body, locals, signatures.results[type]!, index));
  }
}

function bodyAt(cursor: Cursor, place: Place): Cursor {
  const size = cursor.u32("the size of a function body");
  const start = cursor.offset;
  cursor.skip(size, "a function body");
  if (size > FUNCTION_MAX_BYTES) {
    throw aboveLimit(place, "bytes in a function body", size, FUNCTION_MAX_BYTES);
  }
  return new Cursor(cursor.bytes, start, cursor.offset, cursor.section);
}

function isSmall(body: Cursor, locals: number): boolean {
  return body.left <= SMALL_CODE.functionMaxBytes && locals <= SMALL_CODE.maxLocals;
}

/** @throws StubError unless the number of bodies equals the number of declared functions */
export function checkBodyCount(place: Place, draft: ModuleDraft): void {
  const declared = draft.functionTypes.length - draft.imports.length;
  if (draft.bodyCount === declared) return;
  throw malformed(place, `${declared} functions are declared, but ${draft.bodyCount} have a body`);
}

/** @returns the number of local variables of a function, including its parameters */
function readLocals(body: Cursor, parameters: number): number {
  const place = body.place();
  let locals = parameters;
  for (let left = body.count("groups of locals", FUNCTION_MAX_BYTES, 2); left > 0; left--) {
    locals += body.u32("the number of locals of a type");
    if (locals > FUNCTION_MAX_LOCALS) {
      throw aboveLimit(place, "locals in a function", locals, FUNCTION_MAX_LOCALS);
    }
    readValueType(body);
  }
  return locals;
}

function note(draft: ModuleDraft, index: number, place: Place, cost: BodyCost): void {
  const { baseline, optimised } = cost;
  if (baseline > draft.largestCompileBytes) draft.largestCompileBytes = baseline;
  draft.compileBytes += baseline;
  if (draft.compileBytes > MODULE_MAX_COMPILE_BYTES) {
    throw tooCostlyTogether(place, draft.compileBytes, MODULE_MAX_COMPILE_BYTES);
  }
  if (optimised > FUNCTION_MAX_OPTIMISED_BYTES) draft.baselineOnly.push(index);
}
