import type { ModelConfig } from "../../config/model-config.js";
import { MEMORY_MAX_BYTES } from "../../limits.js";
import type { ConfigValue } from "./config-text.js";
import type { Report } from "./finding.js";
import { warmupFiles } from "./outside.js";

const GIB = 2 ** 30;

/** What a model may take, all versions and instances together. */
export interface Cost {
  readonly instances: number;
  readonly memoryBytes: number;
}

/**
 * Reports what takes more than one instance of defaults, and what runs at each load.
 * @param versions how many of the model's versions are there
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
      `its ${instances} instances may have ${inGib(cost.memoryBytes)} GiB of memory together, ${memoryMaxBytes} bytes each`,
    );
  }
  checkWarmup(value, report);
  return cost;
}

/** Reports what several models may take together, which no line of one of them shows. */
export function checkTotal(costs: readonly Cost[], report: Report): void {
  const served = costs.filter(({ instances }) => instances > 0);
  if (served.length < 2) return;
  const bytes = served.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const instances = served.reduce((sum, cost) => sum + cost.instances, 0);
  report.add(
    "costly",
    `the ${instances} instances of ${served.length} models may have ${inGib(bytes)} GiB of memory together`,
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
    `its model_warmup sends ${requests} requests to each instance at a load${read}`,
  );
}

const inGib = (bytes: number) => (bytes / GIB).toFixed(1);
