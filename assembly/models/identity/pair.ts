import { Utf8 } from "../../sdk";
import { Zeros } from "./zeros";

/** OUTPUT<k> and INPUT<k>. */
@final
export class Pair {
  /** Where the input stood in the request that it was last looked for in. */
  position: i32 = 0;
  /** Serial number of the last request whose inputs were gone through and had this one. */
  seenIn: u32 = 0;

  constructor(
    readonly output: Utf8,
    readonly input: Utf8,
    /** What the output is without the input; null when the input has to be there. */
    readonly zeros: Zeros | null,
  ) {}
}
