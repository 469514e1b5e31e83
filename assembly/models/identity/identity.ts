import { isVerbose } from "../../sdk/log";
import { Pair } from "./pair";
import { Pairing } from "./pairing";

/** What execution needs to know of the model. */
@final
export class Identity {
  /** Milliseconds that each batch sleeps. */
  delayMs: u32 = 0;
  /** Whether the server prints verbose lines: does not change while it runs, as far as a guest is told. */
  readonly verbose: bool = isVerbose();
  /** The counter of input bytes. */
  counter: i32 = 0;
  readonly pairing: Pairing;

  constructor(
    pairs: StaticArray<Pair>,
    /** Whether dimension 0 of every tensor is the batch's. */
    readonly batching: bool,
  ) {
    this.pairing = new Pairing(pairs);
  }
}
