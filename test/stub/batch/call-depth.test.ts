import { expect, test } from "@jest/globals";
import {
  CALL_DEPTH_PARAMETER,
  callDepthOf,
  withoutCallDepth,
} from "../../../host/stub/batch/call-depth.js";

const depth = (value: string) => `"${CALL_DEPTH_PARAMETER}":${value}`;

test.each([
  [`{${depth("3")}}`, 3],
  [`{"a":"b",${depth("16")},"c":{"${CALL_DEPTH_PARAMETER}":5}}`, 16],
  ["{}", 0],
  ["", 0],
  [`{${depth("-3")}}`, 0],
  [`{${depth("true")}}`, 0],
  [`{${depth('"7"')}}`, 0],
  [`{"a":{${depth("4")}}}`, 0],
  [`{"a":"${CALL_DEPTH_PARAMETER}"}`, 0],
  [`{${depth("4")}`, 0],
  [`no JSON: ${CALL_DEPTH_PARAMETER}`, 0],
])("of the parameters %s, %d calls have led to the request", (parameters, calls) => {
  expect(callDepthOf(parameters)).toBe(calls);
});

test.each([
  ["{}", "{}"],
  ["", ""],
  [`{${depth("1")}}`, "{}"],
  [
    `{"text":"größer \\" , }","number":9007199254740993,${depth("1")},"yes":true}`,
    `{"text":"größer \\" , }","number":9007199254740993,"yes":true}`,
  ],
  [`{"a":"${CALL_DEPTH_PARAMETER}"}`, `{"a":"${CALL_DEPTH_PARAMETER}"}`],
])("a guest sees the parameters %s as %s", (parameters, seen) => {
  expect(withoutCallDepth(parameters)).toBe(seen);
});
