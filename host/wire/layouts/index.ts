import type { Layout } from "../layout.js";
import { r23_10 } from "./r23-10.js";
import { r23_11 } from "./r23-11.js";
import { r23_12 } from "./r23-12.js";
import { r24_03 } from "./r24-03.js";
import { r24_04 } from "./r24-04.js";

/** Every layout that this stub speaks, oldest first. */
export const LAYOUTS: readonly Layout[] = [r23_10, r23_11, r23_12, r24_03, r24_04];
