/** The parts of the tests' harness for real servers that the benchmarks use. */
export {
  renameUnlessThere,
  type TritonInstallation,
  tritonInstallation,
} from "../test/triton/harness/artifacts.js";
export { copyTree } from "../test/triton/harness/backend-directory.js";
export { cacheFolder, openCache, projectFolder } from "../test/triton/harness/paths.js";
export { childrenOf, isRunning } from "../test/triton/harness/processes.js";
export { pythonEnvironment, pythonFolder } from "../test/triton/harness/python.js";
export { DEFAULT_RELEASE, TRITON_RELEASES } from "../test/triton/harness/releases.js";
export { lastLines, run } from "../test/triton/harness/run.js";
export { TritonServer } from "../test/triton/harness/server.js";
export { until } from "../test/triton/harness/wait.js";
