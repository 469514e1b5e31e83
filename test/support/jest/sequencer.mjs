import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import Sequencer from "@jest/test-sequencer";

const TESTS = fileURLToPath(new URL("../..", import.meta.url));

/** Folders whose files start servers or compile programs: each file takes longer than any other test. */
const LONG = /^(chaos|native|package|triton|zoo)[/]/;

/**
 * Long files first, so that no worker is left alone with one at the end. Jest's own order needs the times of an earlier run, which a
 * fresh checkout does not have; the order in each half is Jest's.
 */
export default class LongFirst extends Sequencer {
  sort(tests) {
    const isLong = ({ path }) => LONG.test(relative(TESTS, path));
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
