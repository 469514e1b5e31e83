import { BACKENDS } from "../install/contents.js";
import type { ConfigValue } from "./config-text.js";
import type { Report } from "./finding.js";

/** Files in a version folder from which a server infers the backend, if the configuration does not name one. */
const FILES_OF_OTHER_BACKENDS: Readonly<Record<string, string>> = {
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
 * Determines which backend serves a model, as a server does, and reports every backend that is not ours.
 * @param files names of the files in all version folders of the model
 * @returns undefined for a backend that is not ours
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
  const backend = config.backend || inferredBackend(config, model, files);
  if (backend === undefined) {
    if (platform === "") {
      report.add("refused", `its configuration does not name a backend: add 'backend: "wasm"'`);
    }
    return undefined;
  }
  const ours = BACKENDS.find((name) => name === backend);
  if (ours !== undefined) return ours;
  const code = backend === "python" ? ": its model.py runs with the server's rights" : "";
  report.add("unsafe", `its backend is '${backend}', which runs outside of the sandbox${code}`);
  return undefined;
}

function inferredBackend(
  { platform, default_model_filename: file }: ConfigValue,
  model: string,
  files: ReadonlySet<string>,
): string | undefined {
  if (platform !== "") return undefined;
  const known = Object.keys(FILES_OF_OTHER_BACKENDS);
  const found = file === "" ? known.find((name) => files.has(name)) : file;
  if (found !== undefined && known.includes(found)) return FILES_OF_OTHER_BACKENDS[found];
  const dot = model.indexOf(".");
  return file === "" && dot >= 0 ? model.slice(dot + 1) : undefined;
}
