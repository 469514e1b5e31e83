import { basename, dirname, join } from "node:path";
import type { ModelConfig } from "../../config/model-config.js";
import type { ModelFile } from "../../guest/model-file.js";

/**
 * The files that a model's module may be in, opened before the walls stood: a repository may consist of links that leave the model's
 * folder, as Hugging Face's cache and git-annex make them, or be a link to the files of another container (KServe's modelcar).
 */
export interface ModelFiles {
  /** In the version's folder, by the names that the configuration may give. */
  readonly ofModel: readonly ModelFile[];
  /** Beside the stub: what every model of that backend runs. This is how the identity backend is made. */
  readonly ofBackend: ModelFile;
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
