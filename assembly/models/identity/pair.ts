import { Utf8 } from "../../sdk";
import { Zeros } from "./zeros";

/** The pair of OUTPUT<k> and INPUT<k>. */
@final
export class Pair {
  /** Index of the input in the last request that was searched for it. */
  position: i32 = 0;
  /** Serial number of the last request whose inputs were scanned and included this one. */
  seenIn: u32 = 0;

  constructor(
    readonly output: Utf8,
    readonly input: Utf8,
    /** The output for a request without the input; null when the input is required. */
    readonly zeros: Zeros | null,
  ) {}
}
