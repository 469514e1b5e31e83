import { spawn } from "node:child_process";
import type { Socket } from "node:net";

/**
 * Reads the prefix and the folder, then waits. A third line means that all is well; the end of its input without
 * one means that the process of the tests is gone: then it removes what bears the prefix.
 */
const SCRIPT = `
read -r prefix && read -r folder || exit 0
read -r dismissed && exit 0
for process in /proc/[0-9]*; do
  if grep -aqF "$prefix" "$process/cmdline"; then kill -9 "\${process#/proc/}"; fi
done
rm -rf "$folder" "/dev/shm/$prefix"*
`;

/**
 * Watches over a server from outside: a test run that is killed, or a jest worker that ends without a word, leaves
 * neither server nor stub nor region. (In jest, `process.once("exit")` is never called.) Call the result to dismiss it.
 */
export function guardAgainstOurDeath(prefix: string, folder: string): () => void {
  const shell = spawn("sh", ["-c", SCRIPT], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  shell.once("error", () => {});
  const input = shell.stdin as Socket;
  input.once("error", () => {});
  input.write(`${prefix}\n${folder}\n`);
  shell.unref();
  input.unref();
  return () => input.end("dismissed\n");
}
