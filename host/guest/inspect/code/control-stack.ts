/** Frames with room at first. Few functions have more, and the engine makes its code for these arrays anew when they change. */
const FRAMES = 512;

/** How a frame began, as far as it matters: a branch to a loop goes to its begin, a throw in a try to its handlers. */
export const BLOCK = 0;
export const LOOP = 1;
export const TRY = 2;

/** The blocks that are open at one place of a body, the body itself first. One object serves all bodies of a module. */
export class ControlStack {
  /** Blocks that are open. */
  depth = 0;
  /** Those of them whose handlers a throw would reach. */
  tries = 0;
  /** Height of the stack below the parameters of the innermost one. */
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

  /** Ends the innermost block. @returns how many results it leaves on the stack */
  pop(): number {
    this.leaveTry();
    const at = --this.depth;
    if (at > 0) this.base = this.bases[at - 1]!;
    return this.results[at]!;
  }

  /** From here on a throw does not reach the handlers of the innermost block: these are its handlers. */
  leaveTry(): void {
    const at = this.depth - 1;
    if (this.kinds[at] !== TRY) return;
    this.kinds[at] = BLOCK;
    this.tries -= 1;
  }

  /** Of the innermost block. */
  get innerParameters(): number {
    return this.parameters[this.depth - 1]!;
  }

  /** How many values a branch to the block `outwards` takes along; 0 when there is no such block, which the engine refuses. */
  labelValues(outwards: number): number {
    const at = this.depth - 1 - outwards;
    if (at < 0) return 0;
    return this.kinds[at] === LOOP ? this.parameters[at]! : this.results[at]!;
  }

  /** How many values the function returns. */
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
