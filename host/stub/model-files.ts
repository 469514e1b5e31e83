import { basename, dirname, join } from "node:path";
import { DEFAULT_MODEL_FILE, type ModelConfig } from "../config/model-config.js";
import { type ModelFile, openModelFile } from "../guest/model-file.js";

/** A module of this name beside the stub is what every model of that backend runs: this is how the identity backend is made. */
const BACKEND_MODULE = "model.wasm";

/** The files that a model's module may be in. Structured-cloneable. */
export interface ModelFiles {
  /** In the version's folder, by the names that the configuration may give. */
  readonly ofModel: readonly ModelFile[];
  readonly ofBackend: ModelFile;
}

/**
 * Opens what may be the model's module. Before the walls stand: a repository may consist of links that leave the model's folder,
 * as Hugging Face's cache and git-annex make them, or be a link to the files of another container (KServe's modelcar).
 * @param modelFile argv[1] of the stub: `<model>/<version>/<default_model_filename>`, or `model.py` where the configuration
 * names no file
 * @param backendFolder folder of this program
 */
export function openModelFiles(modelFile: string, backendFolder: string): ModelFiles {
  const names = new Set([basename(modelFile), DEFAULT_MODEL_FILE]);
  return {
    ofModel: [...names].map((name) => openModelFile(join(dirname(modelFile), name))),
    ofBackend: openModelFile(join(backendFolder, BACKEND_MODULE)),
  };
}

/** The file that a model of this configuration runs. */
export function moduleFile(files: ModelFiles, config: ModelConfig): ModelFile {
  if ("fd" in files.ofBackend) return files.ofBackend;
  return versionFile(files, config);
}

/** The file that the configuration names in the version's folder, which the models of some backends do without. */
export function versionFile({ ofModel }: ModelFiles, { modelFile }: ModelConfig): ModelFile {
  const file = ofModel.find(({ path }) => basename(path) === modelFile);
  if (file !== undefined) return file;
  const path = join(dirname(ofModel[0]!.path), modelFile);
  return { path, problem: "the server has started this process for another file" };
}
