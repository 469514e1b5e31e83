import { isVerbose, Metric } from "../../sdk";
import { Pair } from "./pair";
import { Pairing } from "./pairing";

/** The state of the model that execution needs. */
@final
export class Identity {
  /** Milliseconds that each batch sleeps. */
  delayMs: u32 = 0;
  /** Whether the server logs verbose lines. A guest does not see later changes of this setting. */
  readonly verbose: bool = isVerbose();
  /** The counter of input bytes; null until the configuration is checked. */
  counter: Metric | null = null;
  readonly pairing: Pairing;

  constructor(
    pairs: StaticArray<Pair>,
    /** Whether dimension 0 of every tensor is the batch dimension. */
    readonly batching: bool,
  ) {
    this.pairing = new Pairing(pairs);
  }
}
