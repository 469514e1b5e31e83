/** Bytes of which nobody gets a part that is not there; a plain array would hand out a shorter one. */
export class GuardedBytes extends Uint8Array {
  /** @throws RangeError beyond the end */
  override subarray(begin = 0, end = this.length): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buffer as ArrayBuffer, this.byteOffset + begin, end - begin);
  }
}
