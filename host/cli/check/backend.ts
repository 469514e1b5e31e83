import { BACKENDS } from "../install/contents.js";
import type { ConfigValue } from "./config-text.js";
import type { Report } from "./finding.js";

/** Of these names in a version's folder a server chooses the backend, when the configuration names none. */
const FILES_OF_OTHERS: Readonly<Record<string, string>> = {
  "model.savedmodel": "tensorflow",
  "model.graphdef": "tensorflow",
  "model.plan": "tensorrt",
  "model.onnx": "onnxruntime",
  "model.xml": "openvino",
  "model.pt": "pytorch",
  "model.pt2": "torch_aoti",
  "model.py": "python",
};

const ENSEMBLE = "ensemble";

export type OurBackend = (typeof BACKENDS)[number];

/**
 * Finds out which backend serves a model, as a server does, and reports each other than ours.
 * @param files names in all of the model's version folders
 * @returns undefined when it is none of ours
 */
export function backendOf(
  config: ConfigValue,
  model: string,
  files: ReadonlySet<string>,
  report: Report,
): OurBackend | undefined {
  const { platform } = config;
  const isEnsemble = platform === ENSEMBLE || config.ensemble_scheduling !== null;
  if (platform !== "" && platform !== ENSEMBLE) {
    report.add("unsafe", `its platform is '${platform}', which runs outside of the sandbox`);
  }
  if (isEnsemble && config.backend === "") return undefined;
  const backend = config.backend || guessedBackend(config, model, files);
  if (backend === undefined) {
    if (platform === "") {
      report.add("refused", `nothing names its backend: its configuration lacks 'backend: "wasm"'`);
    }
    return undefined;
  }
  const ours = BACKENDS.find((name) => name === backend);
  if (ours !== undefined) return ours;
  const code =
    backend === "python" ? ": its model.py is code, which runs with the server's rights" : "";
  report.add("unsafe", `its backend is '${backend}', which runs outside of the sandbox${code}`);
  return undefined;
}

function guessedBackend(
  { platform, default_model_filename: file }: ConfigValue,
  model: string,
  files: ReadonlySet<string>,
): string | undefined {
  if (platform !== "") return undefined;
  const known = Object.keys(FILES_OF_OTHERS);
  const found = file === "" ? known.find((name) => files.has(name)) : file;
  if (found !== undefined && known.includes(found)) return FILES_OF_OTHERS[found];
  const dot = model.indexOf(".");
  return file === "" && dot >= 0 ? model.slice(dot + 1) : undefined;
}
