import { expect, test } from "@jest/globals";
import { textOf } from "./tree.js";

/** The first example in AssemblyScript of a page. */
const example = (page: string) => /```ts\n(.*?)```/s.exec(textOf(page))?.[1];

test("the README shows the model of the SDK's page, which test/package builds", () => {
  expect(example("README.md")).toBeDefined();
  expect(example("README.md")).toBe(example("assembly/sdk/README.md"));
});
