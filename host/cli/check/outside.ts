import { commandFields } from "../../config/model-config.js";
import { outsideCommands, shellNames } from "../../config/outside-commands.js";
import { shellWords } from "../../config/shell.js";
import { SERVER_COUNT_MAX } from "../../limits.js";
import type { ConfigValue } from "./config-text.js";
import type { Report } from "./finding.js";
import { leavesFolder } from "./paths.js";

/** The only `runtime` that a Python-based backend such as ours has. */
const OUR_RUNTIME = "model.py";

/** Reports what the server itself would run, load, read or allocate. */
export function checkOutside(config: ConfigValue, report: Report): void {
  checkCommands(config, report);
  checkLibraries(config, report);
  checkFileNames(config, report);
  checkCounts(config, report);
}

function checkCommands(config: ConfigValue, report: Report): void {
  const fields = commandFields(config);
  for (const { field, value, characters } of outsideCommands(fields)) {
    const reason =
      characters.length === 0
        ? "the server runs bin/activate of that archive or folder"
        : `a server up to 25.07 passes it to a shell, which interprets ${quoted(characters)}`;
    report.add("unsafe", `its ${field} is '${value}': ${reason}`);
  }
  for (const [field, value] of shellNames(fields)) {
    if (shellWords(value).join("") === " ") {
      report.add(
        "unsafe",
        `its ${field} is '${value}': a server up to 25.07 passes it to a shell, which splits it at the blank`,
      );
    }
  }
}

const quoted = (characters: readonly string[]) =>
  characters.map((character) => JSON.stringify(character)).join(" ");

function checkLibraries(config: ConfigValue, report: Report): void {
  const { runtime } = config;
  if (runtime !== "" && runtime !== OUR_RUNTIME) {
    report.add(
      "unsafe",
      `its runtime is '${runtime}', a library that the server loads into its own process`,
    );
  }
  for (const name of config.model_operations?.op_library_filename ?? []) {
    report.add("unsafe", `its model_operations name the library '${name}'`);
  }
  for (const { name } of config.model_repository_agents?.agents ?? []) {
    report.add(
      "unsafe",
      `its model_repository_agents name the agent '${name}', which runs in the server`,
    );
  }
}

function checkFileNames(config: ConfigValue, report: Report): void {
  const states = config.sequence_batching?.state ?? [];
  const names: readonly (readonly [field: string, names: readonly string[]])[] = [
    ["cc_model_filenames", Object.values(config.cc_model_filenames)],
    ["label_filename", config.output.map(({ label_filename }) => label_filename)],
    [
      "data_file",
      states.flatMap((state) => state.initial_state.map((initial) => initial.data_file)),
    ],
    ["input_data_file", warmupFiles(config)],
  ];
  for (const [field, values] of names) {
    for (const value of values.filter(leavesFolder)) {
      report.add(
        "unsafe",
        `its ${field} is '${value}', a file outside of the model's folder that the server reads`,
      );
    }
  }
}

/** @returns names of the files with input data for the model's warm-up requests */
export function warmupFiles({ model_warmup }: ConfigValue): string[] {
  return model_warmup
    .flatMap(({ inputs }) => Object.values(inputs).map(({ input_data_file }) => input_data_file))
    .filter((file) => file !== "");
}

/** The server aborts, or uses up all memory, for a number that is large enough. */
function checkCounts(config: ConfigValue, report: Report): void {
  const batching = config.sequence_batching;
  const counts: readonly (readonly [field: string, count: number])[] = [
    ["max_batch_size", config.max_batch_size],
    ["max_candidate_sequences", batching?.oldest?.max_candidate_sequences ?? 0],
    ...config.instance_group.map(({ count }) => ["instance_group.count", count] as const),
  ];
  for (const [field, count] of counts) {
    if (count > SERVER_COUNT_MAX) {
      report.add(
        "unsafe",
        `its ${field} is ${count}, above ${SERVER_COUNT_MAX}: the server itself allocates memory for each`,
      );
    }
  }
}
