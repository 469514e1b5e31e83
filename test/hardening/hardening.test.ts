import { describeHardening } from "../../host/hardening/hardening.js";

test("the log line lists the applied and the missing restrictions", () => {
  expect(describeHardening({ mode: "auto", restrictions: ["a", "b"], missing: [] })).toBe(
    "hardening: a, b",
  );
  expect(
    describeHardening({ mode: "auto", restrictions: [], missing: ["landlock (no kernel)"] }),
  ).toBe("hardening: none; missing: landlock (no kernel)");
  expect(describeHardening({ mode: "off", restrictions: [], missing: [] })).toBe("hardening: off");
});
