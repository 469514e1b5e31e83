/**
 * Starts itself once more, then waits to be killed. The second one says its parent's pid, says whether that process
 * exists, and does so again when it has another parent. Usage: node orphan.mjs
 */
import { spawn } from "node:child_process";
import { parentPid, processExists } from "../../dist/js/host/libc/process.js";

const [, program, parent] = process.argv;
if (parent === undefined) {
  spawn(process.execPath, [program, String(process.pid)], { stdio: "inherit" });
  setInterval(() => {}, 1000);
} else {
  console.log(`${parentPid() === Number(parent)} ${processExists(Number(parent))}`);
  const poll = setInterval(() => {
    if (parentPid() === Number(parent)) return;
    clearInterval(poll);
    console.log("orphan");
  }, 10);
}
