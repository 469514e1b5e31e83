import { SMALL_CODE } from "../../../limits.js";
import type { ModuleDraft } from "../module-draft.js";
import type { InstructionReader } from "./instruction-reader.js";

/** Number of parameters and results of each type of a module, and the types of its functions and tags. */
export class Signatures {
  readonly parameters: Uint16Array;
  readonly results: Uint16Array;

  constructor(private readonly draft: ModuleDraft) {
    const { types } = draft;
    this.parameters = Uint16Array.from(types, (type) => type.indexOf("->"));
    this.results = Uint16Array.from(types, (type, i) => type.length - 2 - this.parameters[i]!);
  }

  /** Whether no type has more values than {@link SMALL_CODE} allows. */
  get areSmall(): boolean {
    return (
      this.parameters.every((count) => count <= SMALL_CODE.maxParameters) &&
      this.results.every((count) => count <= SMALL_CODE.maxResults)
    );
  }

  /** Number of types of the module. */
  get count(): number {
    return this.parameters.length;
  }

  /** Reads the index of a type. */
  type(reader: InstructionReader): number {
    return reader.index("type", this.count);
  }

  /**
   * Reads the index of a function.
   * @returns the index of its type
   */
  functionType(reader: InstructionReader): number {
    const { functionTypes } = this.draft;
    return functionTypes[reader.index("function", functionTypes.length)]!;
  }

  /**
   * Reads the index of a tag.
   * @returns the number of its values
   */
  tagValues(reader: InstructionReader): number {
    const { tagTypes } = this.draft;
    return this.parameters[tagTypes[reader.index("tag", tagTypes.length)]!]!;
  }
}
