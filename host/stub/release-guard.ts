import type { InstanceArguments } from "../wire/initialize.js";
import { RequestCheck } from "../wire/release/request-check.js";
import { wrongRelease } from "../wire/release/wrong-release.js";
import type { Connection } from "./connection.js";

/** Notices that the server is not of the release that it was taken for, before anything is written by the wrong table. */
export class ReleaseGuard {
  private readonly connection: Connection;
  private checked = false;
  private contradiction: string | undefined;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /**
   * Looks at the first batch of requests; what it finds holds for all after it.
   * @param args handle of the ExecuteRequest's batch
   * @throws StubError ERR_RELEASE_UNSUPPORTED
   */
  requireRequest(args: number, instance: InstanceArguments): void {
    const { dialect, reader, control } = this.connection;
    if (!this.checked) {
      const { modelName: name, version } = instance;
      const check = new RequestCheck(dialect.layout, dialect.era, dialect.strings);
      const model = { name, version, decoupled: control.decoupled };
      this.contradiction = check.contradiction(reader, args, model);
      this.checked = true;
    }
    if (this.contradiction !== undefined) throw wrongRelease(dialect.release, this.contradiction);
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
