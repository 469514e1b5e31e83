import { SMALL_CODE } from "../../../limits.js";
import type { ModuleDraft } from "../module-draft.js";
import type { InstructionReader } from "./instruction-reader.js";

/** How many values each type of a module has, and which types its functions and tags have. */
export class Signatures {
  readonly parameters: Uint16Array;
  readonly results: Uint16Array;

  constructor(private readonly draft: ModuleDraft) {
    const { types } = draft;
    this.parameters = Uint16Array.from(types, (type) => type.indexOf("->"));
    this.results = Uint16Array.from(types, (type, i) => type.length - 2 - this.parameters[i]!);
  }

  /** Whether each has as few values as {@link SMALL_CODE} says. */
  get areSmall(): boolean {
    return (
      this.parameters.every((count) => count <= SMALL_CODE.maxParameters) &&
      this.results.every((count) => count <= SMALL_CODE.maxResults)
    );
  }

  /** Types of the module. */
  get count(): number {
    return this.parameters.length;
  }

  /** Reads the index of a type. */
  type(reader: InstructionReader): number {
    return reader.index("type", this.count);
  }

  /** Reads the index of a function. @returns that of its type */
  functionType(reader: InstructionReader): number {
    const { functionTypes } = this.draft;
    return functionTypes[reader.index("function", functionTypes.length)]!;
  }

  /** Reads the index of a tag. @returns how many values it has */
  tagValues(reader: InstructionReader): number {
    const { tagTypes } = this.draft;
    return this.parameters[tagTypes[reader.index("tag", tagTypes.length)]!]!;
  }
}
