import { ABI } from "./abi/target.js";
import { CONFIG } from "./config/target.js";
import { HEAP } from "./heap/target.js";
import { INSPECT } from "./inspect/target.js";
import type { FuzzTarget } from "./target.js";
import { WIRE } from "./wire/target.js";

/** All that can be fuzzed. */
export const TARGETS: readonly FuzzTarget[] = [INSPECT, HEAP, WIRE, CONFIG, ABI];
