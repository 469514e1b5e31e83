import type { ModelConfig } from "../../config/model-config.js";
import { MEMORY_MAX_BYTES } from "../../limits.js";
import type { ConfigValue } from "./config-text.js";
import type { Report } from "./finding.js";
import { warmupFiles } from "./outside.js";

const GIB = 2 ** 30;

/** The resources that all versions and instances of a model may use together. */
export interface Cost {
  readonly instances: number;
  readonly memoryBytes: number;
}

/**
 * Reports a model that may use more than one instance with default limits, and requests that run at every load.
 * @param versions number of versions in the repository
 */
export function checkCost(
  value: ConfigValue,
  config: ModelConfig,
  versions: number,
  report: Report,
): Cost {
  const groups = value.instance_group.length === 0 ? [{ count: 1 }] : value.instance_group;
  const perVersion = groups.reduce((sum, { count }) => sum + Math.max(count, 1), 0);
  const instances = perVersion * loadedVersions(value, versions);
  const { memoryMaxBytes } = config.sandbox.limits;
  const cost = { instances, memoryBytes: instances * memoryMaxBytes };
  if (instances > 1 || memoryMaxBytes > MEMORY_MAX_BYTES.default) {
    report.add(
      "costly",
      `its ${instances} instances may use ${inGib(cost.memoryBytes)} GiB of memory in total, ${memoryMaxBytes} bytes each`,
    );
  }
  checkWarmup(value, report);
  return cost;
}

/** Reports the resources that all models may use together. */
export function checkTotal(costs: readonly Cost[], report: Report): void {
  const served = costs.filter(({ instances }) => instances > 0);
  if (served.length < 2) return;
  const bytes = served.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const instances = served.reduce((sum, cost) => sum + cost.instances, 0);
  report.add(
    "costly",
    `the ${instances} instances of ${served.length} models may use ${inGib(bytes)} GiB of memory in total`,
  );
}

function loadedVersions({ version_policy: policy }: ConfigValue, versions: number): number {
  if (policy?.all) return versions;
  const wanted = policy?.specific?.versions.length ?? (policy?.latest?.num_versions || 1);
  return Math.min(wanted, versions);
}

function checkWarmup(value: ConfigValue, report: Report): void {
  if (value.model_warmup.length === 0) return;
  const requests = value.model_warmup.reduce((sum, { count }) => sum + Math.max(count, 1), 0);
  const files = warmupFiles(value).map((file) => `'${file}'`);
  const read = files.length === 0 ? "" : `, and the server reads ${files.join(", ")} for them`;
  report.add(
    "costly",
    `its model_warmup sends ${requests} requests to each instance at every load${read}`,
  );
}

const inGib = (bytes: number) => (bytes / GIB).toFixed(1);
