import type { TritonServer } from "../../support/triton/server.js";

/** Something that our backend must be able to do in every release: a row of the table in docs/compatibility.md. */
export interface Check {
  readonly name: string;
  run(server: TritonServer): Promise<void>;
}
