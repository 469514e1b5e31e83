/** The part of the tests' harness for real servers that the benchmark stands on. */

export { cacheFolder, openCache, projectFolder } from "../test/support/paths.js";
export { childrenOf, isRunning } from "../test/support/processes.js";
export { pythonEnvironment, pythonFolder } from "../test/support/python/environment.js";
export { lastLines, run } from "../test/support/run.js";
export {
  renameUnlessThere,
  type TritonInstallation,
  tritonInstallation,
} from "../test/support/triton/artifacts.js";
export { copyTree } from "../test/support/triton/backend-directory.js";
export { DEFAULT_RELEASE, TRITON_RELEASES } from "../test/support/triton/releases.js";
export { TritonServer } from "../test/support/triton/server.js";
export { until } from "../test/support/wait.js";
