import { describeHardening } from "../../host/hardening/hardening.js";

test("the log's line tells walls and what is missing", () => {
  expect(describeHardening({ mode: "auto", walls: ["a", "b"], missing: [] })).toBe(
    "hardening: a, b",
  );
  expect(describeHardening({ mode: "auto", walls: [], missing: ["landlock (no kernel)"] })).toBe(
    "hardening: none; missing: landlock (no kernel)",
  );
  expect(describeHardening({ mode: "off", walls: [], missing: [] })).toBe("hardening: off");
});
