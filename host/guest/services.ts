/**
 * What a guest may touch while it runs: the requests of one batch. Implemented by the stub on shared memory; the border
 * (imports.ts) has checked every index before it calls. Lengths in bytes.
 */
export interface GuestServices {
  requestCount(): number;
  inputCount(request: number): number;
  /** Copies up to `capacity` bytes of the name to `target[at]`. @returns the name's whole length */
  inputName(
    request: number,
    input: number,
    target: Uint8Array,
    at: number,
    capacity: number,
  ): number;
  /** Number of outputs that the client wants. */
  outputCount(request: number): number;
  outputName(
    request: number,
    output: number,
    target: Uint8Array,
    at: number,
    capacity: number,
  ): number;
  /**
   * Makes the requested output a copy of the input: datatype, shape and bytes, none of which pass through the guest.
   * @returns false when the request has failed instead (no shared memory left); its error is recorded
   */
  copyInputToOutput(request: number, output: number, input: number): boolean;
  /** Answers the request with an error. @param code of TRITONSERVER_Error_Code */
  failRequest(request: number, code: number, message: string): void;
  /** @param level 0 info, 1 warning, 2 error, 3 verbose */
  log(level: number, message: string): void;
}

/** Called on the way into the guest and out of it, also around each host function: there a guest must not be killed. */
export interface GuestGate {
  enterGuest(): void;
  leaveGuest(): void;
}
