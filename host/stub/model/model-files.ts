import { basename, dirname, join } from "node:path";
import type { ModelConfig } from "../../config/model-config.js";
import type { ModelFile } from "../../guest/model-file.js";
import type { FolderFiles } from "./guest-files.js";

/**
 * The files that may have a model's module. The guard opens them before it sets up the restrictions: a repository may consist of links that leave
 * the model's folder (Hugging Face's cache, git-annex), or be a link to the files of another container (KServe's modelcar).
 */
export interface ModelFiles {
  /** Files of the version's folder: the one that `default_model_filename` names, and `model.wasm`. */
  readonly ofModel: readonly ModelFile[];
  /** The file beside the stub, which every model of that backend runs. The identity backend has one. */
  readonly ofBackend: ModelFile;
  /** The files beside the model, for its guest. */
  readonly ofGuest: FolderFiles;
}

/** The file that a model of this configuration runs. */
export function moduleFile(files: ModelFiles, config: ModelConfig): ModelFile {
  if ("fd" in files.ofBackend) return files.ofBackend;
  return versionFile(files, config);
}

/** The file that the configuration names in the version's folder. A model of a backend with a file of its own may lack it. */
export function versionFile({ ofModel }: ModelFiles, { modelFile }: ModelConfig): ModelFile {
  const file = ofModel.find(({ path }) => basename(path) === modelFile);
  if (file !== undefined) return file;
  const path = join(dirname(ofModel[0]!.path), modelFile);
  return { path, problem: "the server started this process for another file; reload the model" };
}
