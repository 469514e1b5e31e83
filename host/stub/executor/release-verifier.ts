import type { Endpoint } from "../../channel/endpoint.js";
import { wrongRelease } from "../../release/errors.js";
import { RequestCheck } from "../../release/request-check.js";
import type { InstanceArguments } from "../../wire/records/initialize.js";
import type { RequestAddresses } from "../../wire/records/request.js";
import type { CommandAnswers } from "../answers/command-answers.js";
import type { Batch } from "../batch/batch.js";

/** Checks the first batch against the release, before anything is written with the layout of a wrong release. */
export class ReleaseVerifier {
  private readonly endpoint: Endpoint;
  private readonly answers: CommandAnswers;
  /** Why all batches are refused; undefined while no contradiction was found. */
  refusal: string | undefined;
  private readable = false;
  private checked = false;

  constructor(endpoint: Endpoint, answers: CommandAnswers) {
    this.endpoint = endpoint;
    this.answers = answers;
  }

  /**
   * Checks the first batch. The result applies to all later ones.
   * @param args handle of the batch
   * @returns true for the first batch, if it matches the release
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
   * Answers a batch with {@link refusal}. From 24.06 on the server has a response factory for each request, and cannot unload the model
   * before all of them are deleted.
   */
  refuse(args: number, batch: Batch): void {
    const { answers } = this;
    answers.refuseBatch(this.refusal!, this.readable ? addressesOf(args, batch) : []);
    answers.finish();
    answers.giveBackFactories();
  }

  /** The error for a command that the release does not send to this queue. */
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
