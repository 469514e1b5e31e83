import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import Sequencer from "@jest/test-sequencer";

const TESTS = fileURLToPath(new URL("../..", import.meta.url));

/** Folders whose files start servers or compile programs: each file takes longer than any other test. */
const LONG = /^(chaos|native|package|triton|zoo)[/]/;
/** The longest of these. */
const LONGEST = /^chaos[/]/;

/**
 * The longest files first, then the long ones, so that no worker is left alone with one at the end. Jest's own order needs the times of an
 * earlier run, which a fresh checkout does not have; the order in each part is Jest's.
 */
export default class LongFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const file = relative(TESTS, path);
      if (LONGEST.test(file)) return 0;
      return LONG.test(file) ? 1 : 2;
    };
    return super.sort(tests).toSorted((one, other) => rank(one) - rank(other));
  }
}
