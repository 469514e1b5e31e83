import type { Endpoint } from "../../channel/endpoint.js";
import { initCondition } from "../../libc/condition.js";
import { initMutex } from "../../libc/mutex.js";
import { addressOf, type Handle } from "../../numbers.js";
import { parametersJson } from "../batch/response-draft.js";
import { CallRecord, type HeldBlock } from "./call-record.js";
import type { CallSlots, SentCall } from "./call-slots.js";
import type { GuestCall } from "./guest-call.js";

/** Sends calls to the server. */
export class CallSender {
  private readonly endpoint: Endpoint;
  private readonly slots: CallSlots;

  constructor(endpoint: Endpoint, slots: CallSlots) {
    this.endpoint = endpoint;
    this.slots = slots;
  }

  /**
   * @param streams whether the called model may be decoupled
   * @throws StubError ERR_REGION_FULL, ERR_REGION_SIZE
   */
  send(call: GuestCall, streams: boolean): SentCall {
    const { heap, region } = this.endpoint;
    const scope = heap.scope();
    try {
      const { message, held, record } = heap.locked(() => this.encodeLocked(call, streams));
      initMutex(addressOf(region.base, message.mutexAt));
      initCondition(addressOf(region.base, message.conditionAt));
      return this.slots.send(message, held, record, streams);
    } catch (error) {
      scope.close();
      throw error;
    }
  }

  private encodeLocked(call: GuestCall, streams: boolean) {
    const { heap, writer, dialect } = this.endpoint;
    const first = heap.ledger.count;
    const request = dialect.requests.encodeLocked(writer, {
      modelName: call.model,
      modelVersion: call.version,
      id: call.id,
      parameters: parametersJson(call.parameters),
      correlationId: call.correlationId,
      flags: call.flags,
      timeoutMicroseconds: call.timeoutMicroseconds,
      trace: call.trace,
      inputs: call.inputs.map(({ tensor }) => tensor),
      outputs: call.outputs,
    });
    const message = dialect.bls.encodeCallLocked(writer, request, streams);
    const held: HeldBlock[] = [
      ...call.inputs.flatMap((input) => input.held),
      ...heap.ledger.newerThan(first).map((handle) => ({ handle: handle as Handle, shared: 0 })),
    ];
    const record = writer.constructLocked(CallRecord.bytes(held.length));
    return { message, held, record };
  }
}
