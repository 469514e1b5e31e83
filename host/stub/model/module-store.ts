import { ftruncateSync, writeSync } from "node:fs";
import { type ModelFile, readModelFile } from "../../guest/model-file.js";
import {
  compileGuestModule,
  type GuestModule,
  inFile,
  type ModuleCaps,
} from "../../guest/module.js";
import type { StateLog } from "../state-log.js";

/** The module that all executors of an instance run. A file that was replaced after the load takes effect at the next load. */
export class ModuleStore {
  private readonly fd: number;
  private readonly state: StateLog;

  /** @param fd of a file in memory that outlives the executors */
  constructor(fd: number, state: StateLog) {
    this.fd = fd;
    this.state = state;
  }

  /**
   * Reads, inspects and compiles the module. The first executor reads it from the file, the others from the store.
   * @throws StubError like `loadGuestModule`
   */
  load(file: ModelFile, caps: ModuleCaps): GuestModule {
    const { modulePath: kept } = this.state;
    const source = kept === undefined ? file : { path: kept, fd: this.fd };
    const bytes = readModelFile(source, caps.moduleMaxBytes);
    if (kept === undefined) this.keep(file.path, bytes);
    return inFile(file.path, () => compileGuestModule(bytes, caps));
  }

  private keep(path: string, bytes: Uint8Array): void {
    ftruncateSync(this.fd, 0);
    for (let from = 0; from < bytes.length; ) {
      from += writeSync(this.fd, bytes, from, bytes.length - from, from);
    }
    this.state.addModule(path);
  }
}
