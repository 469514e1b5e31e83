import { Datatype, datatypeOfConfig, JsonKind, JsonValue } from "../../sdk";
import { DeclaredTensor } from "./declared-tensor";
import { newLine } from "./line";
import { INPUT_PREFIX, OUTPUT_PREFIX } from "./names";
import { Pair } from "./pair";
import { refuse } from "./refusal";
import { Zeros } from "./zeros";

/** Reads the pairs of the configuration, sorted by the text of their suffixes. Returns null after a refusal. */
export function readPairs(config: JsonValue): StaticArray<Pair> | null {
  const inputs = tensorsOf(config, "input");
  if (inputs == null) return null;
  const outputs = tensorsOf(config, "output");
  if (outputs == null) return null;
  if (inputs.count != outputs.count) {
    refuse(
      newLine("expected equal input/output pairs, got {} inputs and {} outputs")
        .integer(inputs.count)
        .integer(outputs.count),
    );
    return null;
  }
  const pairs = new UnmatchedPairs(inputs.count);
  let input = inputs.first;
  let output = outputs.first;
  for (let position = 0; position < inputs.count; position++) {
    if (!pairs.read(input!, output!, position)) return null;
    input = input!.next;
    output = output!.next;
  }
  return pairs.match();
}

/** The inputs and outputs of the configuration before they are matched. */
@final
class UnmatchedPairs {
  private readonly inputs: StaticArray<DeclaredTensor>;
  /** Sorted by the text of their suffixes. */
  private readonly outputs: StaticArray<DeclaredTensor>;
  /** The substitute for each optional input; null for a required input. */
  private readonly zeros: StaticArray<Zeros | null>;

  constructor(private readonly count: i32) {
    this.inputs = new StaticArray<DeclaredTensor>(count);
    this.outputs = new StaticArray<DeclaredTensor>(count);
    this.zeros = new StaticArray<Zeros | null>(count);
  }

  /**
   * Reads the tensors at one position of both lists. They need not form a pair.
   * @returns false after a refusal
   */
  read(inputJson: JsonValue, outputJson: JsonValue, position: i32): bool {
    const input = new DeclaredTensor(inputJson, "input", position);
    if (!input.readName(INPUT_PREFIX)) return false;
    const optional = input.member("optional", JsonKind.Boolean, "a boolean");
    if (optional == null) return false;
    const output = new DeclaredTensor(outputJson, "output", position);
    if (!output.readName(OUTPUT_PREFIX)) return false;
    if (!input.readDatatype() || !output.readDatatype()) return false;
    if (!input.readShape() || !output.readShape()) return false;
    unchecked((this.inputs[position] = input));
    if (optional.isTrue) {
      const datatype = datatypeOfConfig(input.datatype);
      if (datatype == Datatype.Invalid) return refuseDatatype(input);
      unchecked((this.zeros[position] = new Zeros(datatype, input.shape)));
    }
    this.insertOutput(output, position);
    return true;
  }

  /** @returns null after a refusal */
  match(): StaticArray<Pair> | null {
    const pairs = new StaticArray<Pair>(this.count);
    for (let index = 0; index < this.count; index++) {
      const output = unchecked(this.outputs[index]);
      const position = this.inputOf(output);
      if (position < 0) {
        refuse(
          newLine("expected input and output indices to match, but no input matches '{}'").text(
            output.name,
          ),
        );
        return null;
      }
      const input = unchecked(this.inputs[position]);
      if (!areAlike(input, output)) return null;
      unchecked((pairs[index] = new Pair(output.name, input.name, this.zeros[position])));
    }
    return pairs;
  }

  private insertOutput(output: DeclaredTensor, count: i32): void {
    let at = count;
    while (at > 0 && unchecked(this.outputs[at - 1]).suffix.compareTo(output.suffix) > 0) {
      unchecked((this.outputs[at] = this.outputs[at - 1]));
      at--;
    }
    unchecked((this.outputs[at] = output));
  }

  private inputOf(output: DeclaredTensor): i32 {
    for (let position = 0; position < this.count; position++) {
      if (unchecked(this.inputs[position]).suffix.equals(output.suffix)) return position;
    }
    return -1;
  }
}

/** Returns the list `input` or `output` of the configuration. A missing one is empty. */
function tensorsOf(config: JsonValue, key: string): JsonValue | null {
  const list = config.get(key);
  if (list == null || list.kind == JsonKind.Null) return new JsonValue(JsonKind.Array);
  if (list.kind == JsonKind.Array) return list;
  refuse(newLine("the configuration's '{}' is not an array").ascii(key));
  return null;
}

function areAlike(input: DeclaredTensor, output: DeclaredTensor): bool {
  if (!input.datatype.equals(output.datatype)) {
    return refuse(
      newLine("expected '{}' and '{}' datatype to match, got {} and {}")
        .text(input.name)
        .text(output.name)
        .text(input.datatype)
        .text(output.datatype),
    );
  }
  if (input.hasShapeOf(output)) return true;
  return refuse(
    newLine("expected '{}' and '{}' shape to match, got {} and {}")
      .text(input.name)
      .text(output.name)
      .shape(changetype<usize>(input.shape), input.shape.length)
      .shape(changetype<usize>(output.shape), output.shape.length),
  );
}

function refuseDatatype(input: DeclaredTensor): bool {
  return refuse(
    newLine("optional input '{}' has the unknown data type '{}'")
      .text(input.name)
      .text(input.datatype),
  );
}
