import type { Ceilings } from "../../config/ceilings.js";
import { completedConfig } from "../../config/completion.js";
import { parseModelConfig } from "../../config/model-config.js";
import { ABI_EXPORTS } from "../../guest/abi.js";
import { loadGuestModule } from "../../guest/module.js";
import { moduleCaps } from "../../guest/module-caps.js";
import { LimitedLogger } from "../../log/limited-logger.js";
import { LogLimit } from "../../log/log-limit.js";
import type { Logger } from "../../log/logger.js";
import type { GuestHost } from "../../sandbox/guest-host.js";
import { ConfigServices } from "./config-services.js";
import { usedFiles } from "./guest-files.js";
import { type ModelFiles, versionFile } from "./model-files.js";

/** What {@link completeModelConfig} needs. */
export interface AutoCompletion {
  /** The server's text of the configuration: a JSON object. */
  readonly config: string;
  readonly files: ModelFiles;
  /** The operator's maximum of each limit. */
  readonly ceilings: Ceilings;
  readonly host: GuestHost;
  readonly logger: Logger;
}

/**
 * Lets a model complete its configuration in a guest of its own, if its module exports `triton_auto_complete`.
 * @returns the configuration as JSON; that of the server when the model sets none
 * @throws StubError when the module is rejected, or its guest fails
 */
export function completeModelConfig(completion: AutoCompletion): string {
  const { config, host } = completion;
  const parsed = parseModelConfig(config, completion.ceilings);
  const { sandbox } = parsed;
  const { limits } = sandbox;
  const file = versionFile(completion.files, parsed);
  // The models of the identity backend need no file, and the initialisation reports a missing file with more details.
  if (!("fd" in file)) return config;
  const module = host.compile(limits, () => loadGuestModule(file, moduleCaps(limits)));
  if (!module.facts.exports.some(({ name }) => name === ABI_EXPORTS.autoComplete)) return config;
  const logger = new LimitedLogger(
    completion.logger,
    new LogLimit(limits.logMaxLines, limits.logMaxBytes),
  );
  const model = new ConfigServices(config, {
    environment: sandbox.environment,
    graphs: sandbox.graphs,
    files: usedFiles(module, completion.files.ofGuest, limits.filesMaxBytes),
    logger,
  });
  host.autoComplete(model, module, limits);
  return model.completed === undefined ? config : completedConfig(config, model.completed);
}
