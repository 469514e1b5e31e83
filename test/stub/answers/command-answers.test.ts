import { afterEach, expect, test } from "@jest/globals";
import type { Handle } from "../../../host/numbers.js";
import { CommandAnswers } from "../../../host/stub/answers/command-answers.js";
import { INSTANCE, NEEDS_EXECUTOR } from "../../../host/stub/shared/mapping-table.js";
import { stubEndpoint } from "../../support/region/endpoint.js";
import { closeRegions, ParentRegion } from "../../support/region/parent-region.js";

/** One release of each era of answers. */
const RELEASES = ["23.12", "24.08", "26.03"];
const MADE_BYTES = 100_000;
const WAIT_MS = 1_000;
const CONFIG = `{"name":"m"}`;

afterEach(closeRegions);

/** The answers of a stub in the region of a server, and what that server reads. */
function started(release: string) {
  const parent = new ParentRegion({ release });
  const { endpoint, journal, mapping } = stubEndpoint(parent, release);
  const answers = new CommandAnswers({
    endpoint,
    journal,
    mapping,
    instanceName: "model_0",
    logger: { log() {} },
  });
  const allocated = parent.allocated();
  /** Allocated bytes of the command. */
  const growth = () => parent.allocated() - allocated;
  /** Handle of the message of the answer. */
  const answer = () => parent.queue("parent_message_queue").pop(WAIT_MS) as Handle;
  /** Sends the token of the server. Afterwards no block of the command is left. */
  const finish = () => {
    parent.queue("stub_message_queue").push(0, WAIT_MS);
    answers.finish();
    expect(growth()).toBe(0);
  };
  return { answers, endpoint, journal, mapping, growth, answer, finish };
}

test.each(RELEASES)(
  "of %s: a failed batch is one answer with the reason, and what was made for it is gone before",
  (release) => {
    const { answers, endpoint, journal, growth, answer, finish } = started(release);
    const { dialect, reader, heap } = endpoint;
    heap.construct(MADE_BYTES);
    expect(growth()).toBeGreaterThan(MADE_BYTES);
    answers.failBatch("the reason");
    expect(growth()).toBeLessThan(MADE_BYTES);
    const { error, responses } = dialect.responseBatch.decodeMessage(reader, answer());
    expect(error).toContain("the reason");
    expect(responses).toEqual([]);
    expect(journal.isAnswered).toBe(true);
    finish();
    expect(journal.isAnswered).toBe(false);
  },
);

test.each([
  ["succeeds", undefined, INSTANCE.initialised],
  ["fails", "no such file", INSTANCE.failed],
])("a load that %s is on record before it is answered", (_how, failure, instance) => {
  const { answers, endpoint, mapping, answer, finish } = started("24.08");
  const { dialect, reader } = endpoint;
  answers.answerLoad(failure);
  expect(mapping.get("instance")).toBe(instance);
  const { command, args } = dialect.message.decode(reader, answer());
  expect(command).toBe(dialect.commands.initializeResponse);
  expect(dialect.initialize.decode(reader, args)).toBe(failure);
  finish();
});

test.each([
  ["23.12", { error: undefined, config: CONFIG }],
  ["24.08", { error: "the reason", config: undefined }],
])("of %s: a completion that failed is answered as the release takes it", (release, completed) => {
  const { answers, endpoint, answer, finish } = started(release);
  const { dialect, reader } = endpoint;
  answers.failCompletion("the reason", CONFIG);
  const { args } = dialect.message.decode(reader, answer());
  expect(dialect.autoComplete.decode(reader, args)).toEqual(completed);
  finish();
});

test("a completed configuration is sent unchanged", () => {
  const { answers, endpoint, answer, finish } = started("26.03");
  const { dialect, reader } = endpoint;
  answers.answerCompletion(CONFIG);
  const { args } = dialect.message.decode(reader, answer());
  expect(dialect.autoComplete.decode(reader, args)).toEqual({ error: undefined, config: CONFIG });
  finish();
});

test.each([
  ["23.12", NEEDS_EXECUTOR.never],
  ["24.08", NEEDS_EXECUTOR.withoutFactories],
  ["26.03", NEEDS_EXECUTOR.never],
])("of %s: the guard knows when it cannot answer for a plain model", (release, when) => {
  expect(started(release).mapping.get("needs_executor")).toBe(when);
});
