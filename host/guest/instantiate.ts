import { messageOf, StubError } from "../errors.js";
import { isStackOverflow } from "./trap.js";

/**
 * Makes an instance of a module that the engine has compiled and whose imports fit.
 * @param memory names the memory that it takes, for the error's text
 * @throws StubError ERR_ENVIRONMENT when that memory is not to be had; else whatever the module's start section throws
 */
export function instantiate(
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
  memory: string,
): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module, imports);
  } catch (error) {
    // The engine has no other use for a RangeError here.
    if (!(error instanceof RangeError) || isStackOverflow(error)) throw error;
    throw new StubError(
      "ERR_ENVIRONMENT",
      `this machine, or a limit of the server's processes (ulimit -v, a container), did not give the memory that a model needs: ${memory} ` +
        `(${messageOf(error)}); raise the limit, or run fewer models on the machine`,
      { memory },
      error,
    );
  }
}
