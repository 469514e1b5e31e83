import { Endpoint } from "../channel/endpoint.js";
import { Heap } from "../shm/heap.js";
import { Ledger } from "../shm/ledger.js";
import type { Region } from "../shm/region.js";
import { Dialect } from "../wire/dialect.js";
import { Journal } from "./shared/journal.js";
import type { Mapping } from "./shared/mapping.js";
import type { Phase } from "./shared/phase.js";

export interface OpenEndpointOptions {
  readonly region: Region;
  readonly core: WebAssembly.Module;
  readonly mapping: Mapping;
  readonly phase: Phase;
  readonly release: string;
  /** The region grows in multiples of this number of bytes. */
  readonly growthBytes: number;
  readonly controlHandle: number;
}

/** The endpoint, and the journal in which it notes its messages for the guard. */
export interface OpenedEndpoint {
  readonly endpoint: Endpoint;
  readonly journal: Journal;
}

/** @throws StubError when the region does not match the release */
export function openEndpoint(options: OpenEndpointOptions): OpenedEndpoint {
  const { region, core, mapping, phase, growthBytes, controlHandle } = options;
  const dialect = new Dialect(options.release);
  const journal = new Journal(mapping);
  const heap = new Heap(region, core, growthBytes, new Ledger(mapping.uint32s("ledger")), phase);
  heap.requireKnownParent();
  mapping.set("undo_log", heap.noteChanges(mapping.get("undo_log")));
  const endpoint = new Endpoint({ heap, dialect, journal, section: phase, controlHandle });
  return { endpoint, journal };
}
