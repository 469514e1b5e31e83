/**
 * An upper estimate of the memory, in bytes, that V8 needs to compile one function. Each number was measured on the engine that runs
 * models (V8 13.6, 64 bits): many copies of one construct in a function, and the growth of the process's peak resident size.
 * `baseline` is the larger one of Liftoff and the validation; `optimised` is TurboFan.
 *
 * A slot is a local variable or a value on the stack. For each place where control flow merges, Liftoff stores the location of every slot
 * (12 bytes per slot), and TurboFan keeps a list of every slot's values (12 to 24 bytes, and 200 if they differ).
 *
 * All numbers are integers: V8 allocates an object for each sum of fractions.
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
   * Control flow that merges, or that is kept for later.
   * @param copies copies of the state of all slots; measured per slot: 12 bytes for `block`, 24 for `if`, 12 for `else`, 12 and 24 for
   * `loop`
   * @param values number of parameters and results: the validation needs up to 60 bytes for each, TurboFan 170
   */
  states(copies: number, slots: number, values: number): void {
    this.baseline += copies * (200 + 12 * slots) + 64 * values;
    this.optimised += copies * (1_000 + 64 * slots + 100 * values);
  }

  /** Nested blocks: 1,260 bytes for each level of the deepest nesting. */
  nested(depth: number): void {
    if (depth <= this.deepest) return;
    this.baseline += 1_300 * (depth - this.deepest);
    this.deepest = depth;
  }

  /**
   * Branches to a block, or throws that a handler in the same function catches.
   * @param values number of values that each branch passes on; 52 bytes each for a return
   */
  edges(count: number, slots: number, values: number): void {
    this.baseline += count * (40 + 56 * values);
    this.optimised += count * (1_600 + 24 * slots + 100 * values);
  }

  /** The validation marks the targets of each br_table: 1.2 to 1.4 bytes for each open block. */
  branchTable(depth: number): void {
    this.baseline += 64 + depth + (depth >> 1);
  }

  /**
   * @param values number of parameters and results: 33 bytes each, and compile time that grows with the square of their number (1.4
   * microseconds each at 2,000 values, 0.1 at 20), which the second summand stands for
   * @param slots a quarter of a byte each, for the map in which the garbage collector finds references
   */
  call(values: number, slots: number): void {
    this.baseline += 280 + values * (40 + (values >> 4)) + (slots >> 2);
    this.optimised += 1_400 + 650 * values;
  }

  /** The table lookup of an indirect call. Measured with the call itself: 840 bytes in Liftoff, 4,700 in TurboFan. */
  indirection(): void {
    this.baseline += 570;
    this.optimised += 3_600;
  }

  /** An instruction that traps in out-of-line code (250 to 450 bytes; TurboFan 1,500) or calls the engine (500 bytes; up to 7,900). */
  costly(slots: number): void {
    this.baseline += 500 + (slots >> 2);
    this.optimised += 8_000;
  }

  /** A vector instruction: up to 250 bytes where the processor has no such instruction. */
  vector(): void {
    this.baseline += 128;
    this.optimised += 300;
  }

  /**
   * The end of a function.
   * @param bytes size of its body; TurboFan needs 100 to 200 bytes for each
   * @param highest the greatest height of its stack
   */
  finish(bytes: number, slots: number, highest: number): void {
    this.baseline += 16 * slots + 64 * highest;
    this.optimised += 200 * bytes + 64 * slots;
  }
}
