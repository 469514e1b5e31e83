import { expect, test } from "@jest/globals";
import { BATCH_PARAMETERS_MAX_LENGTH, RESPONSE_PARAMETERS_MAX } from "../../../host/limits.js";
import type { StreamAnswers } from "../../../host/stub/batch/batch-streams.js";
import { Server } from "../../support/region/batch-server.js";

test("the response parameters of a batch have a common limit, which starts again with the next batch", () => {
  const { batch, begin } = started();
  const half = "x".repeat(BATCH_PARAMETERS_MAX_LENGTH / 2 - 1);
  batch.setParameter(0, "a", half);
  batch.setParameter(1, "b", half);
  expect(() => batch.setParameter(2, "c", true)).toThrow(
    `more than ${BATCH_PARAMETERS_MAX_LENGTH} characters in one batch`,
  );
  begin();
  expect(() => batch.setParameter(2, "c", true)).not.toThrow();
});

test("a response has a limited number of parameters", () => {
  const { batch } = started();
  for (let i = 0; i < RESPONSE_PARAMETERS_MAX; i++) batch.setParameter(1, String(i), true);
  expect(() => batch.setParameter(1, "one more", true)).toThrow(
    `more than ${RESPONSE_PARAMETERS_MAX} parameters of the response to request 1`,
  );
  expect(() => batch.setParameter(0, "of another", true)).not.toThrow();
});

/** Sends to nobody. */
const DECOUPLED: StreamAnswers = {
  isDecoupled: true,
  respond: () => true,
  awaitLeaving: () => {},
  keep: () => {
    throw new Error("the request was kept");
  },
  isCancelled: () => false,
  release: () => {},
};

test.each(["sendResponse", "finishResponse", "keepRequest"] as const)(
  "a request that the guest has rescheduled refuses %s in the same execution",
  (call) => {
    const { batch } = started();
    batch.streams = DECOUPLED;
    expect(batch.reschedule(1)).toBe(true);
    expect(() => batch[call](1)).toThrow(/for request 1, which it has rescheduled/);
    expect(batch.answerOf(1)).toBe("nothing");
    if (call !== "keepRequest") expect(batch[call](0)).toBe(true);
  },
);

test("a request that has a response cannot be rescheduled", () => {
  const { batch } = started();
  batch.streams = DECOUPLED;
  batch.sendResponse(0);
  expect(() => batch.reschedule(0)).toThrow(/reschedules request 0, which has a response/);
});

/** A batch of three requests of a server that accepts response parameters. */
function started() {
  const server = new Server("25.02");
  const begin = () => server.begin(1024);
  begin();
  return { batch: server.batch, begin };
}
