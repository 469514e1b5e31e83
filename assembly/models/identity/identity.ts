import { isVerbose, Metric } from "../../sdk";
import { Pair } from "./pair";
import { Pairing } from "./pairing";

/** What execution needs to know of the model. */
@final
export class Identity {
  /** Milliseconds that each batch sleeps. */
  delayMs: u32 = 0;
  /** Whether the server prints verbose lines: does not change while it runs, as far as a guest is told. */
  readonly verbose: bool = isVerbose();
  /** The counter of input bytes, made when the configuration has been checked. */
  counter: Metric | null = null;
  readonly pairing: Pairing;

  constructor(
    pairs: StaticArray<Pair>,
    /** Whether dimension 0 of every tensor is the batch's. */
    readonly batching: bool,
  ) {
    this.pairing = new Pairing(pairs);
  }
}
