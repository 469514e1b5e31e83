import { abi } from "../../sdk";
import { NAME_MAX_BYTES } from "./names";
import { Pair } from "./pair";

/**
 * Which outputs and inputs of a request belong together. Each name costs a call of the host, so what held for the last
 * request is tried first: wanted outputs mostly come in the order of the pairs, and inputs in the order that the same
 * client used before. When that fails, all inputs are gone through, once per request.
 */
@final
export class Pairing {
  /** The name that was read last, as far as it fits, and its whole length. */
  readonly name: usize = heap.alloc(NAME_MAX_BYTES);
  nameLength: i32 = 0;
  private request: i32 = 0;
  private inputs: i32 = 0;
  /** Of the request, among all that were ever begun. */
  private serial: u32 = 0;
  private scanned: bool = false;
  /** Where the next pair is expected. */
  private next: i32 = 0;

  constructor(private readonly pairs: StaticArray<Pair>) {}

  /** @param inputs number of those that the request brings */
  begin(request: i32, inputs: i32): void {
    this.request = request;
    this.inputs = inputs;
    this.serial++;
    this.scanned = false;
    this.next = 0;
  }

  /** The pair of a wanted output, or null when the model has none; the output's name remains readable. */
  pairOf(output: i32): Pair | null {
    this.nameLength = abi.output_name(this.request, output, this.name, NAME_MAX_BYTES);
    return this.find(false);
  }

  /** Index of the pair's input in the request; -1 when the request does not bring it. */
  inputOf(pair: Pair): i32 {
    if (pair.seenIn == this.serial) return pair.position;
    if (this.scanned) return -1;
    const hint = pair.position;
    if (hint < this.inputs) {
      this.readInput(hint);
      if (pair.input.holds(this.name, this.nameLength)) return hint;
    }
    this.scan();
    return pair.seenIn == this.serial ? pair.position : -1;
  }

  private scan(): void {
    for (let input = 0; input < this.inputs; input++) {
      this.readInput(input);
      const pair = this.find(true);
      // Control inputs of the sequence batcher belong to no pair.
      if (pair == null) continue;
      pair.position = input;
      pair.seenIn = this.serial;
    }
    this.scanned = true;
  }

  private readInput(input: i32): void {
    this.nameLength = abi.input_name(this.request, input, this.name, NAME_MAX_BYTES);
  }

  /** The pair whose output, or whose input, has the name that was read last. */
  private find(input: bool): Pair | null {
    const count = this.pairs.length;
    let index = this.next;
    for (let tried = 0; tried < count; tried++) {
      if (index == count) index = 0;
      const pair = unchecked(this.pairs[index++]);
      if ((input ? pair.input : pair.output).holds(this.name, this.nameLength)) {
        this.next = index;
        return pair;
      }
    }
    return null;
  }
}
