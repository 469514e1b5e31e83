/** Says whether process 1 exists, as a user who may not signal it. */
import { processExists } from "../../dist/js/host/libc/process.js";

const NOBODY = 65_534;
if (process.getuid() === 0) process.setuid(NOBODY);
console.log(processExists(1));
