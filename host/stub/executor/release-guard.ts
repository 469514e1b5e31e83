import type { Endpoint } from "../../channel/endpoint.js";
import { wrongRelease } from "../../release/errors.js";
import { RequestCheck } from "../../release/request-check.js";
import type { InstanceArguments } from "../../wire/records/initialize.js";
import type { RequestAddresses } from "../../wire/records/request.js";
import type { CommandAnswers } from "../answers/command-answers.js";
import type { Batch } from "../batch/batch.js";

/** Notices that the server is not of the release that it was taken for, before anything is written by the wrong table. */
export class ReleaseGuard {
  private readonly endpoint: Endpoint;
  private readonly answers: CommandAnswers;
  /** Why requests are refused; undefined as long as all fits. */
  refusal: string | undefined;
  private readable = false;
  private checked = false;

  constructor(endpoint: Endpoint, answers: CommandAnswers) {
    this.endpoint = endpoint;
    this.answers = answers;
  }

  /**
   * Looks at the first batch of requests; what it finds holds for all after it.
   * @param args handle of the ExecuteRequest's batch
   * @returns whether this was the first, and it fits
   */
  check(args: number, instance: InstanceArguments): boolean {
    if (this.checked) return false;
    this.checked = true;
    const { dialect, reader, control } = this.endpoint;
    const { modelName: name, version } = instance;
    const check = new RequestCheck(dialect.layout, dialect.era, dialect.strings);
    const model = { name, version, decoupled: control.decoupled };
    const contradiction = check.contradiction(reader, args, model);
    if (contradiction === undefined) return true;
    this.refusal = wrongRelease(dialect.release, contradiction.sentence).message;
    this.readable = contradiction.readable;
    return false;
  }

  /**
   * Answers requests that are refused. From 24.06 on the server has made a response factory for each, and the model cannot
   * be unloaded before they are gone.
   */
  refuse(args: number, batch: Batch): void {
    const { answers } = this;
    answers.refuseBatch(this.refusal!, this.readable ? addressesOf(args, batch) : []);
    answers.finish();
    answers.giveBackFactories();
  }

  /** Why a command speaks against the release: none sends any but those to this queue, and their numbers differ. */
  reasonAgainst(command: number): string {
    const { release, layout } = this.endpoint.dialect;
    const { ExecuteRequest, InitializeRequest, AutoCompleteRequest, FinalizeRequest } =
      layout.commands;
    const known = [ExecuteRequest, InitializeRequest, AutoCompleteRequest, FinalizeRequest];
    return wrongRelease(release, `expected a command of ${known.join(", ")}, found ${command}`)
      .message;
  }
}

function addressesOf(args: number, batch: Batch): readonly RequestAddresses[] {
  try {
    batch.decodeAbandoned(args);
    return batch.allAddresses();
  } catch {
    return [];
  } finally {
    batch.end();
  }
}
