import type { GuestGate, GuestServices } from "../../host/guest/services.js";

export interface TableRequest {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const encoder = new TextEncoder();

/** Services over a table of names: what a guest does is written down, and nothing else happens. */
export class TableServices implements GuestServices {
  readonly requests: readonly TableRequest[];
  /** `request: output <- input` */
  readonly copies: string[] = [];
  readonly errors: { request: number; code: number; message: string }[] = [];
  readonly lines: { level: number; message: string }[] = [];
  /** Requests whose copies fail, as without shared memory. */
  readonly withoutMemory = new Set<number>();

  constructor(requests: readonly TableRequest[] = []) {
    this.requests = requests;
  }

  requestCount(): number {
    return this.requests.length;
  }

  inputCount(request: number): number {
    return this.requests[request]!.inputs.length;
  }

  outputCount(request: number): number {
    return this.requests[request]!.outputs.length;
  }

  inputName(request: number, input: number, target: Uint8Array, at: number, room: number): number {
    return copyName(this.requests[request]!.inputs[input]!, target, at, room);
  }

  outputName(
    request: number,
    output: number,
    target: Uint8Array,
    at: number,
    room: number,
  ): number {
    return copyName(this.requests[request]!.outputs[output]!, target, at, room);
  }

  copyInputToOutput(request: number, output: number, input: number): boolean {
    if (this.withoutMemory.has(request)) {
      this.failRequest(request, 4, "no memory");
      return false;
    }
    const { inputs, outputs } = this.requests[request]!;
    this.copies.push(`${request}: ${outputs[output]} <- ${inputs[input]}`);
    return true;
  }

  failRequest(request: number, code: number, message: string): void {
    this.errors.push({ request, code, message });
  }

  log(level: number, message: string): void {
    this.lines.push({ level, message });
  }
}

function copyName(name: string, target: Uint8Array, at: number, capacity: number): number {
  const bytes = encoder.encode(name);
  target.set(bytes.subarray(0, capacity), at);
  return bytes.length;
}

/** A gate that notes where it stands, and fails when it is passed twice in the same direction. */
export class CountingGate implements GuestGate {
  inGuest = false;
  passages = 0;

  enterGuest(): void {
    if (this.inGuest) throw new Error("entered the guest twice");
    this.inGuest = true;
    this.passages += 1;
  }

  leaveGuest(): void {
    if (!this.inGuest) throw new Error("left the guest twice");
    this.inGuest = false;
  }
}
