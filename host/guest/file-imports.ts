import { type ModelFunctions, STATUS_NONE, STATUS_REFUSED } from "./abi.js";
import { type Border, checkIndex } from "./border.js";
import type { ModelServices } from "./services.js";

type FileFunctions = Pick<ModelFunctions, Extract<keyof ModelFunctions, `file_${string}`>>;

/** The host functions that read the files beside the model. */
export function fileImports(border: Border, model: ModelServices): FileFunctions {
  const find = (name: number, length: number): number => {
    const text = border.text(name, length, "a file's name");
    return model.files?.names.indexOf(text) ?? STATUS_NONE;
  };
  return {
    file_count: () => model.files?.names.length ?? 0,
    file_name: (file: number, target: number, capacity: number) => {
      const names = model.files?.names ?? [];
      const name = names[checkIndex("file", file, names.length)]!;
      return border.write(name, target, capacity, "a buffer for a file's name");
    },
    file_size: (name: number, nameLength: number) => {
      const index = find(name, nameLength);
      return BigInt(index < 0 ? STATUS_NONE : model.files!.size(index));
    },
    file_read: (
      name: number,
      nameLength: number,
      offset: bigint,
      target: number,
      length: number,
    ) => {
      const at = border.range(target, length, "a buffer for a file");
      const index = find(name, nameLength);
      if (index < 0) {
        border.lastError =
          "the model has no file of this name: put it into the folder 'files' of its version";
        return STATUS_NONE;
      }
      const from = BigInt.asUintN(64, offset);
      if (from >= model.files!.size(index) || length === 0) return 0;
      const read = model.files!.read(index, Number(from), border.bytes, at, length >>> 0);
      if (read >= 0) return read;
      border.lastError = "the file cannot be read";
      return STATUS_REFUSED;
    },
  };
}
