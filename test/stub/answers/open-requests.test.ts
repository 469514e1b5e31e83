import { afterEach, expect, test } from "@jest/globals";
import { CommandAnswers } from "../../../host/stub/answers/command-answers.js";
import { OpenRequest } from "../../../host/stub/batch/open-request.js";
import { TRITON_ERROR } from "../../../host/wire/error-codes.js";
import { RequestBatchRecord } from "../../../host/wire/records/request-batch.js";
import { endChildren, startChild } from "../../support/child.js";
import { stubEndpoint } from "../../support/region/endpoint.js";
import { closeRegions, ParentRegion } from "../../support/region/parent-region.js";
import { ServerSide } from "../../support/region/server-side.js";

const MONITOR = new URL("../../support/region/side-monitor.mjs", import.meta.url);
/** Its servers read responses in the side queue, as all requests beside the commands. */
const RELEASE = "24.10";
const FACTORY = 0x7f00_0000_1000n;
const REASON = "the reason why the request ends";

afterEach(async () => {
  await endChildren();
  closeRegions();
});

/** A stub with one request that its guest keeps, and whose batch was answered. The region cannot grow. */
async function kept() {
  const parent = new ParentRegion({ release: RELEASE, growthBytes: 2 ** 33 });
  const args = parent.controlHandle;
  const monitor = startChild(MONITOR, parent.name, RELEASE, args, "responses");
  await monitor.line();
  const { endpoint, journal, mapping } = stubEndpoint(parent, RELEASE);
  const logger = { log() {} };
  const { open } = new CommandAnswers({
    endpoint,
    journal,
    mapping,
    instanceName: "model_0",
    logger,
  });
  const server = new ServerSide(parent);
  const request = server.request({ inputs: [], outputs: [], responseFactory: FACTORY });
  const batch = new RequestBatchRecord();
  mapping.set("batch_number", 1);
  endpoint.dialect.requestBatch.decode(endpoint.reader, server.batch([request]), batch);
  const before = parent.allocated();
  const record = new OpenRequest();
  record.begin(0, batch.requests[0]!);
  const slot = open.keep(record);
  mapping.set("batch_ended", 1);
  return { parent, monitor, endpoint, open, slot, before };
}

/** Takes all the room. @returns gives it back */
function fill(parent: ParentRegion): () => void {
  const blocks: number[] = [];
  for (const bytes of [65_536, 4_096, 512, 64, 8]) {
    for (;;) {
      try {
        blocks.push(parent.construct(bytes));
      } catch {
        break;
      }
    }
  }
  return () => {
    for (const block of blocks) parent.count(block, -1);
  };
}

test("a request is ended with the reason, and nothing of it is left", async () => {
  const { parent, monitor, endpoint, open, slot, before } = await kept();
  open.end(slot, TRITON_ERROR.internal, REASON);
  expect(await monitor.line()).toBe(`last ${REASON}`);
  expect(slot.state.value).toBe(0);
  open.release(slot);
  endpoint.heap.command.close();
  expect([slot.isFree, parent.allocated()]).toEqual([true, before]);
});

test("in a full region a request is ended with a shorter error, by its spare block", async () => {
  const { parent, monitor, endpoint, open, slot, before } = await kept();
  const free = fill(parent);
  expect(slot.spare).not.toBe(0);
  open.end(slot, TRITON_ERROR.internal, REASON);
  expect(await monitor.line()).toMatch(/^last Failed to increase the shared memory pool size/);
  expect([slot.state.value, slot.spare]).toEqual([0, 0]);
  open.release(slot);
  free();
  endpoint.heap.command.close();
  expect([slot.isFree, parent.allocated()]).toEqual([true, before]);
});

test("in a full region all requests are ended when their guest is gone", async () => {
  const { parent, monitor, open, slot } = await kept();
  fill(parent);
  open.endAll(TRITON_ERROR.unavailable, REASON);
  expect(await monitor.line()).toMatch(/^last Failed to increase/);
  expect(slot.isFree).toBe(true);
});
