import { expect, test } from "@jest/globals";
import { pause } from "../../../host/pause.js";
import { Mapping } from "../../../host/stub/shared/mapping.js";
import { LIMIT, PHASE_BITS } from "../../../host/stub/shared/mapping-table.js";
import { Phase } from "../../../host/stub/shared/phase.js";

const CLOCK_MASK = 0x7fff_ffff;
const LATE = 60_000;

function begun() {
  const mapping = Mapping.unshared();
  const phase = new Phase(mapping, () => {});
  phase.begin("execute", LATE);
  const callOf = () => mapping.get("phase") >> PHASE_BITS;
  return { mapping, phase, callOf };
}

test("while a guest waits for another model, no deadline runs; afterwards the rest of it does", () => {
  const { mapping, phase, callOf } = begun();
  const started = mapping.get("started_ms");
  const call = callOf();
  pause(20);
  phase.suspend();
  expect(mapping.get("deadline_ms")).toBe(0);
  // A guard that has read the old deadline cannot kill the process for it.
  expect(callOf()).toBe(call + 1);
  pause(200);
  phase.resume();
  expect(mapping.get("deadline_ms")).toBe(LATE);
  expect(mapping.get("limit")).toBe(LIMIT.execute);
  const moved = (mapping.get("started_ms") - started) & CLOCK_MASK;
  expect(moved).toBeGreaterThanOrEqual(199);
  expect(moved).toBeLessThan(LATE);
  phase.end();
  expect(mapping.get("deadline_ms")).toBe(0);
});

test("to resume without a pause changes nothing", () => {
  const { mapping, phase, callOf } = begun();
  const before = [mapping.get("started_ms"), mapping.get("deadline_ms"), callOf()];
  phase.resume();
  expect([mapping.get("started_ms"), mapping.get("deadline_ms"), callOf()]).toEqual(before);
});
