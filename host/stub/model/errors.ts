import { StubError } from "../../errors.js";

export function configSetTooLate(): StubError {
  return new StubError(
    "ERR_GUEST_ARGUMENT",
    "the model calls set_model_config outside of triton_auto_complete: the server accepts a configuration only there",
  );
}

/** @param reason printable */
export function folderRefused(folder: string, reason: string): StubError {
  return new StubError(
    "ERR_MODEL_FILES",
    `the folder '${folder}' of files for the model is refused: ${reason}; correct or remove it`,
    { folder, reason },
  );
}

export function filesTooLarge(
  folder: string,
  bytes: number,
  limit: number,
  parameter: string,
): StubError {
  return new StubError(
    "ERR_MODEL_FILES",
    `the files in '${folder}' have ${bytes} bytes, above the limit of ${limit} (${parameter})`,
    { folder, bytes, limit },
  );
}
