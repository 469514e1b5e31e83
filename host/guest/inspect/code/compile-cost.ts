/**
 * What it takes to compile one function, in bytes of memory, estimated from above. Each number was measured on the engine that runs
 * models (V8 13.6): a function of one shape, many times over, on a machine of 64 bits, as the growth of the process's largest
 * resident size. `baseline` is for Liftoff or the validation, whichever takes more; `optimised` is for TurboFan.
 *
 * A slot is a local variable or a value on the stack. Liftoff writes down where each slot lies for every place at which
 * control flow meets (12 bytes a slot), TurboFan keeps a list of every slot's values (12 to 24, and 200 if they differ).
 *
 * All numbers are whole: V8 makes an object of each sum of fractions.
 */
export class CompileCost {
  baseline = 0;
  optimised = 0;
  private deepest = 0;

  clear(): void {
    this.baseline = 0;
    this.optimised = 0;
    this.deepest = 0;
  }

  /**
   * Control flow that meets, or is kept for later.
   * @param copies states of all slots: measured 12 bytes of each with `block`, 24 with `if`, 12 with `else`; a `loop` is 12 and 24
   * @param values parameters and results: the validation takes up to 60 bytes for each, TurboFan 170
   */
  states(copies: number, slots: number, values: number): void {
    this.baseline += copies * (200 + 12 * slots) + 64 * values;
    this.optimised += copies * (1_000 + 64 * slots + 100 * values);
  }

  /** A block in a block: 1,260 bytes for each level of the deepest nest. */
  nested(depth: number): void {
    if (depth <= this.deepest) return;
    this.baseline += 1_300 * (depth - this.deepest);
    this.deepest = depth;
  }

  /** Branches to a block, or throws to handlers in the same function. @param values taken along, 52 bytes each to a caller */
  edges(count: number, slots: number, values: number): void {
    this.baseline += count * (40 + 56 * values);
    this.optimised += count * (1_600 + 24 * slots + 100 * values);
  }

  /** The validation marks the targets of each br_table: 1.2 to 1.4 bytes for each block that is open. */
  branchTable(depth: number): void {
    this.baseline += 64 + depth + (depth >> 1);
  }

  /**
   * @param values parameters and results: 33 bytes each, and time that grows with the square of their number (1.4 microseconds each at
   * 2,000, 0.1 at 20), for which the second part stands
   * @param slots a quarter of a byte each, for the collector of garbage to find references in them
   */
  call(values: number, slots: number): void {
    this.baseline += 280 + values * (40 + (values >> 4)) + (slots >> 2);
    this.optimised += 1_400 + 650 * values;
  }

  /** Looks up the function in a table: 840 bytes in all, and 4,700. */
  indirection(): void {
    this.baseline += 570;
    this.optimised += 3_600;
  }

  /** Traps in code apart (250 to 450 bytes, and 1,500), or calls the engine (500 bytes, and up to 7,900). */
  costly(slots: number): void {
    this.baseline += 500 + (slots >> 2);
    this.optimised += 8_000;
  }

  /** A vector instruction: up to 250 bytes where the processor has none for it. */
  vector(): void {
    this.baseline += 128;
    this.optimised += 300;
  }

  /** The end of a function. @param bytes of its body, 100 to 200 each for TurboFan @param highest stack */
  finish(bytes: number, slots: number, highest: number): void {
    this.baseline += 16 * slots + 64 * highest;
    this.optimised += 200 * bytes + 64 * slots;
  }
}
