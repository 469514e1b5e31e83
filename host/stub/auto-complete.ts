import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Ceilings } from "../config/ceilings.js";
import { parseModelConfig } from "../config/model-config.js";
import { messageOf, StubError } from "../errors.js";
import { ABI_EXPORTS } from "../guest/abi.js";
import { GuestInstance } from "../guest/instance.js";
import { loadGuestModule } from "../guest/module.js";
import { moduleCaps } from "../guest/module-caps.js";
import { requireSuccess } from "../sandbox/guest-life.js";
import { LogLimit } from "../sandbox/log-limit.js";
import type { Phase } from "../sandbox/phase.js";
import type { Batch } from "./batch.js";
import { ConfigServices } from "./config-services.js";
import { LimitedLogger } from "./limited-logger.js";
import type { Logger } from "./logger.js";

/** What a configuration is completed from. */
export interface AutoCompletion {
  /** The server's text of the configuration: a JSON object. */
  readonly config: string;
  /** argv[1] of the stub: `<model>/<version>/<file>`, where the file need not exist. */
  readonly modelFile: string;
  /** The most that the operator lets a model ask for. */
  readonly ceilings: Ceilings;
  readonly batch: Batch;
  readonly logger: Logger;
  readonly phase: Phase;
  /** Told how long the guest may take. */
  readonly onDeadline: (milliseconds: number) => void;
}

/**
 * Lets a model complete its configuration, if its module exports `triton_auto_complete`, in a guest of its own.
 * @returns the configuration as JSON; the server's own when the model has nothing to say
 * @throws StubError when the module is refused, or its guest fails
 */
export function completeModelConfig(completion: AutoCompletion): string {
  const { config, batch, phase } = completion;
  const { modelFile, sandbox } = parseModelConfig(config, completion.ceilings);
  const { limits } = sandbox;
  const file = join(dirname(completion.modelFile), modelFile);
  // The identity backend's models need no file, and of a missing one the initialisation says more.
  if (!existsSync(file)) return config;
  const guest = loadGuestModule(file, moduleCaps(limits));
  if (!guest.facts.exports.some(({ name }) => name === ABI_EXPORTS.autoComplete)) return config;
  const logger = new LimitedLogger(
    completion.logger,
    new LogLimit(limits.logMaxLines, limits.logMaxBytes),
  );
  const model = new ConfigServices(config, sandbox.environment, logger);
  completion.onDeadline(limits.initializeDeadlineMs);
  phase.beginCall(limits.initializeDeadlineMs);
  try {
    const instance = new GuestInstance(guest, { model, batch }, phase);
    const status = instance.call(ABI_EXPORTS.autoComplete);
    requireSuccess(ABI_EXPORTS.autoComplete, status, instance.failure);
  } finally {
    phase.endCall();
  }
  return requireObject(model.completed);
}

/** The server trusts this text to be JSON. */
function requireObject(config: string): string {
  try {
    const value: unknown = JSON.parse(config);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return JSON.stringify(value);
    }
  } catch (error) {
    throw noObject(messageOf(error));
  }
  throw noObject("it is another value");
}

function noObject(reason: string): StubError {
  return new StubError(
    "ERR_GUEST_ARGUMENT",
    `the model completes its configuration with a text that is no JSON object: ${reason}`,
  );
}
