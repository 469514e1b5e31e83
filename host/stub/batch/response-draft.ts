import type { ParameterValue } from "../../guest/services.js";
import { type Handle, NO_HANDLE } from "../../numbers.js";
import type { OutputData } from "./output-data.js";

/** The unfinished response to one request. */
export class ResponseDraft {
  /** The tensor of each requested output; {@link NO_HANDLE}: the guest has not created it. */
  readonly outputs: Handle[] = [];
  /** The data of outputs that the guest writes by `output_write`. */
  readonly written: OutputData[] = [];
  failed = false;
  errorCode = 0;
  errorMessage = "";
  /** What the outputs count towards the limit of the model. */
  countedBytes = 0;
  /** Bytes of the data of the outputs. */
  dataBytes = 0;
  /** Number of outputs that are created. */
  outputCount = 0;
  /** Characters of the parameters. */
  parametersLength = 0;
  private readonly parameters = new Map<string, ParameterValue>();

  reset(outputCount: number): void {
    this.outputs.length = 0;
    for (let index = 0; index < outputCount; index++) this.outputs.push(NO_HANDLE);
    this.written.length = 0;
    this.failed = false;
    this.errorMessage = "";
    this.countedBytes = 0;
    this.dataBytes = 0;
    this.outputCount = 0;
    this.parametersLength = 0;
    if (this.parameters.size > 0) this.parameters.clear();
  }

  /** Whether the guest has set nothing: no output, no parameter and no error. */
  get isEmpty(): boolean {
    return !this.failed && this.outputCount === 0 && this.parameters.size === 0;
  }

  get parameterCount(): number {
    return this.parameters.size;
  }

  setParameter(key: string, value: ParameterValue): void {
    this.parameters.set(key, value);
  }

  /** The parameters as a JSON object. */
  parametersJson(): string {
    return parametersJson(this.parameters);
  }
}

/** Parameters as a JSON object. JSON.stringify rejects the 64-bit integers. */
export function parametersJson(parameters: ReadonlyMap<string, ParameterValue>): string {
  if (parameters.size === 0) return "{}";
  const members = [...parameters].map(
    ([key, value]) =>
      `${JSON.stringify(key)}:${typeof value === "bigint" ? value : JSON.stringify(value)}`,
  );
  return `{${members.join(",")}}`;
}
