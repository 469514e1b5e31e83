import { RequestCheck } from "../../release/request-check.js";
import { wrongRelease } from "../../release/wrong-release.js";
import type { InstanceArguments } from "../../wire/records/initialize.js";
import type { RequestAddresses } from "../../wire/records/request.js";
import { giveBackFactories } from "../answers/responses.js";
import type { Batch } from "../batch/batch.js";
import type { Connection } from "../connection.js";

/** Notices that the server is not of the release that it was taken for, before anything is written by the wrong table. */
export class ReleaseGuard {
  private readonly connection: Connection;
  /** Why requests are refused; undefined as long as all fits. */
  refusal: string | undefined;
  private readable = false;
  private checked = false;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /**
   * Looks at the first batch of requests; what it finds holds for all after it.
   * @param args handle of the ExecuteRequest's batch
   * @returns whether this was the first, and it fits
   */
  check(args: number, instance: InstanceArguments): boolean {
    if (this.checked) return false;
    this.checked = true;
    const { dialect, reader, control } = this.connection;
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
   * @param finishAnswer waits for the server's token
   */
  refuse(args: number, batch: Batch, finishAnswer: () => void): void {
    const orphans = this.readable ? factoriesOf(args, batch) : [];
    this.connection.answerFailedBatch(this.refusal!, orphans.length > 0);
    this.connection.factories.replace(orphans.map(({ responseFactory }) => responseFactory));
    finishAnswer();
    giveBackFactories(this.connection);
  }

  /** Why a command speaks against the release: none sends any but those to this queue, and their numbers differ. */
  reasonAgainst(command: number): string {
    const { release, layout } = this.connection.dialect;
    const { ExecuteRequest, InitializeRequest, AutoCompleteRequest, FinalizeRequest } =
      layout.commands;
    const known = [ExecuteRequest, InitializeRequest, AutoCompleteRequest, FinalizeRequest];
    return wrongRelease(release, `expected a command of ${known.join(", ")}, saw ${command}`)
      .message;
  }
}

function factoriesOf(args: number, batch: Batch): readonly RequestAddresses[] {
  try {
    batch.beginAbandoned(args);
    return batch.allAddresses();
  } catch {
    return [];
  } finally {
    batch.end();
  }
}
