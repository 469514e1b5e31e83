import { readFileSync } from "node:fs";
import {
  COMMAND_STATE,
  FIELDS,
  OPEN_STATE,
  OPEN_WORDS,
  placesOf,
} from "../../../host/stub/shared/mapping-table.js";
import { openFile } from "./heaps.js";

const places = placesOf(FIELDS);

/**
 * What an instance still owes its server, by the notes that it shares with its guard: an answer, response factories, last responses of kept
 * requests, or answers to calls that are not taken.
 * @param guard process id
 * @returns names of the notes; empty when the server can unload the instance
 */
export function debtsOf(guard: number): string[] {
  const file = openFile(guard, "triton_wasm_mapping");
  if (file === undefined) return ["not a stub of ours"];
  const bytes = readFileSync(file);
  const words = (field: string) => {
    const { offset, bytes: length } = places.get(field)!;
    return Array.from({ length: length / 4 }, (_, index) => bytes.readUInt32LE(offset + 4 * index));
  };
  const states = words("open_requests").filter((_, index) => index % OPEN_WORDS === 0);
  const isOwed = {
    command: words("command")[0] !== COMMAND_STATE.waiting,
    factory_count: words("factory_count")[0] !== 0,
    open_requests: states.some((state) => state !== OPEN_STATE.free),
    calls: words("calls").some((handle) => handle !== 0),
    streamed_message: words("streamed_message")[0] !== 0,
  };
  return Object.entries(isOwed).flatMap(([name, owed]) => (owed ? [name] : []));
}
