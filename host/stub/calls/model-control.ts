import type { Endpoint } from "../../channel/endpoint.js";
import type { CallPause } from "../../sandbox/call-timer.js";
import type { ModelControl } from "../../wire/records/model-control.js";
import { modelNotChanged } from "./errors.js";

const UNCONFIRMED =
  "the release of the server is not certain before the first batch: use the function in triton_execute";
const NO_FILES: ReadonlyMap<string, string> = new Map();

/** Loads and unloads other models of the server, and asks whether they are ready. The deadline of the guest does not run meanwhile. */
export class ModelControls {
  private readonly endpoint: Endpoint;
  private readonly pause: CallPause;

  private readonly isConfirmed: () => boolean;

  /** @param isConfirmed whether the server's release is certain */
  constructor(endpoint: Endpoint, pause: CallPause, isConfirmed: () => boolean) {
    this.endpoint = endpoint;
    this.pause = pause;
    this.isConfirmed = isConfirmed;
  }

  /**
   * @param config as JSON; empty: the one of the repository
   * @throws StubError ERR_CALL_REFUSED with the server's reason
   */
  load(name: string, config: string): void {
    this.ask("loaded", this.endpoint.dialect.commands.loadModel, { ...about(name), config });
  }

  /** @throws StubError ERR_CALL_REFUSED with the server's reason */
  unload(name: string, unloadDependents: boolean): void {
    const { unloadModel } = this.endpoint.dialect.commands;
    this.ask("unloaded", unloadModel, { ...about(name), unloadDependents });
  }

  /**
   * @param version -1n for the latest
   * @throws StubError ERR_CALL_REFUSED with the server's reason
   */
  isReady(name: string, version: bigint): boolean {
    const text = version < 0n ? "" : String(version);
    const { modelReadiness } = this.endpoint.dialect.commands;
    return this.ask("asked for", modelReadiness, { ...about(name), version: text });
  }

  private ask(what: string, command: number, control: ModelControl): boolean {
    const { heap, writer, reader, side, dialect } = this.endpoint;
    const { modelControl } = dialect;
    if (!this.isConfirmed()) throw modelNotChanged(what, control.name, UNCONFIRMED);
    const scope = heap.scope();
    const { record, exchange } = this.endpoint.newExchange(command, modelControl.fields, () =>
      modelControl.encodeLocked(writer, control),
    );
    let error: string | undefined;
    let isReady = false;
    this.pause.suspend();
    try {
      side.run(exchange, () => {
        error = modelControl.readError(reader, record);
        isReady = modelControl.readReady(reader, record);
      });
    } finally {
      this.pause.resume();
    }
    scope.close();
    if (error !== undefined) throw modelNotChanged(what, control.name, error);
    return isReady;
  }
}

function about(name: string): ModelControl {
  return { name, version: "", config: "", files: NO_FILES, unloadDependents: false };
}
