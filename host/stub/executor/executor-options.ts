import type { Endpoint } from "../../channel/endpoint.js";
import type { Ceilings } from "../../config/ceilings.js";
import type { Hardening } from "../../hardening/hardening.js";
import type { ServerRelease } from "../../release/detect.js";
import type { GuestHistory } from "../../sandbox/guest-history.js";
import type { ServerFolder } from "../metrics/server-folder.js";
import type { ModelFiles } from "../model/model-files.js";
import type { ModuleStore } from "../model/module-store.js";
import type { Journal } from "../shared/journal.js";
import type { Mapping } from "../shared/mapping.js";
import type { Phase } from "../shared/phase.js";
import type { StateLog } from "../state-log.js";

/** The surroundings of an executor. */
export interface ExecutorOptions {
  readonly endpoint: Endpoint;
  readonly journal: Journal;
  readonly mapping: Mapping;
  readonly phase: Phase;
  readonly history: GuestHistory;
  readonly files: ModelFiles;
  readonly modules: ModuleStore;
  readonly state: StateLog;
  /** The folder that the stubs of the server share. */
  readonly serverFolder: ServerFolder;
  readonly hardening: Hardening;
  /** The operator's maximum of each limit. */
  readonly ceilings: Ceilings;
  readonly serverRelease: ServerRelease;
  /** Whether the server was started with verbose logging. */
  readonly serverVerbose: boolean;
  /** Name of the model instance, for error texts. */
  readonly instanceName: string;
  /** Name of the model instance with its version, for logs. */
  readonly name: string;
}
