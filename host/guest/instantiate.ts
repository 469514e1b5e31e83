import { messageOf, StubError } from "../errors.js";
import { isStackOverflow } from "./trap.js";

/**
 * Creates an instance of a compiled module whose imports match.
 * @param memory what the instance allocates, for the error
 * @throws StubError ERR_ENVIRONMENT when the allocation fails; otherwise whatever the module's start section throws
 */
export function instantiate(
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
  memory: string,
): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module, imports);
  } catch (error) {
    // Besides a stack overflow, the engine throws a RangeError here only when the allocation fails.
    if (!(error instanceof RangeError) || isStackOverflow(error)) throw error;
    throw new StubError(
      "ERR_ENVIRONMENT",
      `a model needs ${memory}, which this machine or a limit of the server's processes (ulimit -v, a container) did not provide ` +
        `(${messageOf(error)}): raise the limit, or run fewer models on the machine`,
      { memory },
      error,
    );
  }
}
