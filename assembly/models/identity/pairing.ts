import { abi } from "../../sdk";
import { NAME_MAX_BYTES } from "./names";
import { Pair } from "./pair";

/**
 * Finds which outputs and inputs of a request form pairs. Reading a name costs a host call, so the order of the last request is tried
 * first: requested outputs are usually in the order of the pairs, and inputs in the order that the client used before. Otherwise all
 * inputs are scanned, once per request.
 */
@final
export class Pairing {
  /** Buffer with the name that was read last, cut off at its size; nameLength is the length of the whole name. */
  readonly name: usize = heap.alloc(NAME_MAX_BYTES);
  nameLength: i32 = 0;
  private request: i32 = 0;
  private inputs: i32 = 0;
  /** Serial number of the request. */
  private serial: u32 = 0;
  private scanned: bool = false;
  /** Index at which the next pair is expected. */
  private next: i32 = 0;

  constructor(private readonly pairs: StaticArray<Pair>) {}

  /** @param inputs number of inputs of the request */
  startRequest(request: i32, inputs: i32): void {
    this.request = request;
    this.inputs = inputs;
    this.serial++;
    this.scanned = false;
    this.next = 0;
  }

  /** Finds the pair of a requested output; null when the model has no such output. The output's name stays in `name`. */
  pairOf(output: i32): Pair | null {
    this.nameLength = abi.output_name(this.request, output, this.name, NAME_MAX_BYTES);
    return this.find(false);
  }

  /** Finds the index of the pair's input in the request; -1 when the request does not have it. */
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
      // Control inputs of the sequence batcher do not belong to a pair.
      if (pair == null) continue;
      pair.position = input;
      pair.seenIn = this.serial;
    }
    this.scanned = true;
  }

  private readInput(input: i32): void {
    this.nameLength = abi.input_name(this.request, input, this.name, NAME_MAX_BYTES);
  }

  /** Finds the pair whose output, or whose input, has the name that was read last. */
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
