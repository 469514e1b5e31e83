import { until } from "../wait.js";
import type { TritonServer } from "./server.js";

/**
 * Unloads a model, and waits until its stubs have ended. A load that is expected to fail does not begin with a loaded model: from 24.02 on, a
 * server whose reload has failed does not stop within its exit time-out (docs/operations.md).
 */
export async function unload(server: TritonServer, model: string): Promise<void> {
  await server.http.unload(model);
  const isOfModel = (words: readonly string[]) => words.some((word) => word.includes(model));
  await until(
    `the end of ${model}`,
    () => !server.stubs().some(({ commandLine }) => isOfModel(commandLine)),
  );
}
