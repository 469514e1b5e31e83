/** Initial capacity. Few functions nest deeper, and V8 recompiles the code that uses these arrays when they are replaced. */
const FRAMES = 512;

/** Kinds of frames: a branch to a LOOP goes to its start, a throw in a TRY to its handlers; all others are BLOCKs. */
export const BLOCK = 0;
export const LOOP = 1;
export const TRY = 2;

/** The open blocks at one place of a function body; the first is the body itself. One object serves all bodies of a module. */
export class ControlStack {
  /** Number of open blocks. */
  depth = 0;
  /** Number of open blocks whose handlers a throw would reach. */
  tries = 0;
  /** Height of the stack below the parameters of the innermost block. */
  base = 0;
  private bases = new Int32Array(FRAMES);
  private parameters = new Int32Array(FRAMES);
  private results = new Int32Array(FRAMES);
  private kinds = new Uint8Array(FRAMES);

  clear(): void {
    this.depth = 0;
    this.tries = 0;
  }

  push(kind: number, base: number, parameters: number, results: number): void {
    const at = this.depth++;
    if (at === this.bases.length) this.grow();
    this.bases[at] = base;
    this.parameters[at] = parameters;
    this.results[at] = results;
    this.kinds[at] = kind;
    this.base = base;
    if (kind === TRY) this.tries += 1;
  }

  /**
   * Closes the innermost block.
   * @returns the number of results that it leaves on the stack
   */
  pop(): number {
    this.leaveTry();
    const at = --this.depth;
    if (at > 0) this.base = this.bases[at - 1]!;
    return this.results[at]!;
  }

  /** Notes that the handlers of the innermost block begin: a throw in them does not reach them again. */
  leaveTry(): void {
    const at = this.depth - 1;
    if (this.kinds[at] !== TRY) return;
    this.kinds[at] = BLOCK;
    this.tries -= 1;
  }

  /** Number of parameters of the innermost block. */
  get innerParameters(): number {
    return this.parameters[this.depth - 1]!;
  }

  /**
   * Number of values that a branch to the block at depth `outwards` passes on; 0 for a block that does not exist, which the engine
   * rejects.
   */
  labelValues(outwards: number): number {
    const at = this.depth - 1 - outwards;
    if (at < 0) return 0;
    return this.kinds[at] === LOOP ? this.parameters[at]! : this.results[at]!;
  }

  /** Number of values that the function returns. */
  get functionResults(): number {
    return this.results[0]!;
  }

  private grow(): void {
    this.bases = enlarged(this.bases);
    this.parameters = enlarged(this.parameters);
    this.results = enlarged(this.results);
    const kinds = new Uint8Array(2 * this.kinds.length);
    kinds.set(this.kinds);
    this.kinds = kinds;
  }
}

function enlarged(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}
