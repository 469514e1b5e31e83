import { expect, test } from "@jest/globals";
import { instanceOrdinal } from "../../host/config/instance-ordinal.js";

test("instances are counted over all groups, in their order", () => {
  const groups = [
    { name: "m_0", count: 2 },
    { name: "gpu", count: 1 },
    { name: "m_1", count: 3 },
  ];
  const ordinal = (name: string) => instanceOrdinal(groups, name);
  expect(["m_0_0", "m_0_1", "gpu_0", "m_1_0", "m_1_2"].map(ordinal)).toEqual([0, 1, 2, 3, 5]);
});

test("a group is not mistaken for another one with the same prefix", () => {
  const groups = [
    { name: "m", count: 2 },
    { name: "m_1", count: 2 },
  ];
  expect(instanceOrdinal(groups, "m_1")).toBe(1);
  expect(instanceOrdinal(groups, "m_1_1")).toBe(3);
});

test("the name of a group may have several lines", () => {
  expect(instanceOrdinal([{ name: "a\nb", count: 3 }], "a\nb_2")).toBe(2);
});

test("instances that are added to a loaded model come after the existing ones", () => {
  const groups = [
    { name: "m_0", count: 1 },
    { name: "m_1", count: 2 },
  ];
  expect(["m_0_1", "m_0_2"].map((name) => instanceOrdinal(groups, name))).toEqual([3, 4]);
});

test("a name that does not belong to a group is the first instance", () => {
  const groups = [{ name: "m", count: 2 }];
  for (const name of ["", "_", "m", "m_", "m_x", "other_0", "m_-1"]) {
    expect([name, instanceOrdinal(groups, name)]).toEqual([name, 0]);
  }
  expect(instanceOrdinal([], "m_7")).toBe(0);
});
