/**
 * Runs triton_execute of guests on whatever Node this is started with. Standard input: a JSON array of modules in base64.
 * Standard output: a JSON array of the errors, `{ code, message }` each, or a status.
 */
import { readFileSync } from "node:fs";
import { compileGuestModule } from "../../dist/js/host/guest/module.js";
import { GuestHistory } from "../../dist/js/host/sandbox/guest-history.js";
import { GuestLife } from "../../dist/js/host/sandbox/guest-life.js";
import { TableServices } from "../../dist/js/test/support/wasm/table-services.js";

const CALLS = 2;
const caps = { memoryMaxPages: 65_536, tableMaxEntries: 1_000 };
const limits = { initializeDeadlineMs: 0, executeDeadlineMs: 0, failuresMax: 1_000 };
const observer = { failed() {}, restarted() {}, memory() {} };

function outcomes(bytes) {
  const life = new GuestLife({
    module: compileGuestModule(bytes, caps),
    services: new TableServices(),
    timer: { begin() {}, end() {} },
    history: new GuestHistory(),
    limits: { ...limits, failuresMax: Number(process.argv[2] ?? limits.failuresMax) },
    observer,
    restarts: 0,
  });
  return Array.from({ length: CALLS }, () => {
    try {
      return life.execute() ?? "served";
    } catch ({ code, message }) {
      return { code, message };
    }
  });
}

const modules = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(modules.map((m) => outcomes(Buffer.from(m, "base64")))));
