/**
 * REPORT has one line for each fact that the model reads by host calls: of its configuration, and of the request's parameters. The id of
 * the request chooses what else it does; the functions that begin with `report` say what.
 */
import {
  ByteStringsWriter,
  bf16FromF32,
  bf16ToF32,
  f16FromF32,
  f16ToF32,
  fileNames,
  fileSize,
  fileText,
  Labels,
  LogLevel,
  lastError,
  logEnabled,
  logText,
  Metric,
  MetricKind,
  Model,
  ModelConfig,
  ParameterType,
  Request,
  readFile,
  TensorConfig,
} from "../../../../../assembly/sdk";

const KEYS: string[] = ["text", "int", "bool", "double", "missing"];

class Contract extends Model {
  private lines: ByteStringsWriter = new ByteStringsWriter();

  execute(request: Request): void {
    this.lines = new ByteStringsWriter();
    const id = request.id;
    if (id == "config") this.reportConfig();
    if (id == "log") this.writeLog();
    if (id == "files") this.reportFiles();
    if (id == "metrics") this.reportMetrics();
    if (id == "parameters") this.reportParameters(request);
    if (id == "bytes" && !this.reportBytes(request)) return;
    if (id == "halves" && !this.reportHalves(request)) return;
    const output = request.response.output("REPORT");
    if (output == null) return;
    const shape = new StaticArray<i64>(1);
    shape[0] = this.lines.count;
    output.setByteStrings(shape, this.lines);
  }

  private say(line: string): void {
    this.lines.addText(line);
  }

  private reportConfig(): void {
    this.say(`name ${ModelConfig.name()}`);
    this.say(`version ${ModelConfig.version()}`);
    this.say(`max_batch_size ${ModelConfig.maxBatchSize()}`);
    this.reportTensors("input", ModelConfig.inputs());
    this.reportTensors("output", ModelConfig.outputs());
    const found = ModelConfig.output("REPORT");
    this.say(`REPORT is output ${found == null ? -1 : found.index}`);
    this.say(`NOTHING is ${ModelConfig.input("NOTHING") == null ? "not an input" : "an input"}`);
    const greeting = this.parameter("greeting");
    this.say(`greeting ${greeting == null ? "none" : greeting}`);
    this.say(`nothing ${this.parameter("nothing") == null ? "none" : "some"}`);
  }

  private reportTensors(side: string, tensors: TensorConfig[]): void {
    for (let index = 0; index < tensors.length; index++) {
      const tensor = tensors[index];
      let line = `${side} ${tensor.name} ${tensor.datatype}`;
      const dims = tensor.dims;
      for (let at = 0; at < dims.length; at++) line += ` ${dims[at]}`;
      this.say(line);
    }
  }

  private reportParameters(request: Request): void {
    for (let index = 0; index < KEYS.length; index++) {
      const parameter = request.parameter(KEYS[index]);
      const type = parameter.type;
      let value = "none";
      if (type == ParameterType.String) value = `string ${parameter.text}`;
      if (type == ParameterType.Int) value = `int ${parameter.int}`;
      if (type == ParameterType.Bool) value = `bool ${parameter.bool}`;
      if (type == ParameterType.Double) value = `double ${<i64>(parameter.double * 1000)}`;
      this.say(`${KEYS[index]} ${value}`);
    }
  }

  /** A line at each level, and which of them the server logs. */
  private writeLog(): void {
    logText(LogLevel.Info, "an info line");
    logText(LogLevel.Warning, "a warning");
    logText(LogLevel.Error, "an error");
    logText(LogLevel.Verbose, "a verbose line");
    this.say(`enabled ${logEnabled(LogLevel.Error)} ${logEnabled(LogLevel.Verbose)}`);
  }

  /** Names and sizes of the files beside the model, the bytes of one of them, a piece of it, and one that is missing. */
  private reportFiles(): void {
    const names = fileNames();
    for (let index = 0; index < names.length; index++) {
      this.say(`${names[index]} ${fileSize(names[index])}`);
    }
    const words = fileText("en/words.txt");
    this.say(`words ${words == null ? "none" : words}`);
    const piece = new StaticArray<u8>(4);
    const read = readFile("en/words.txt", 3, changetype<usize>(piece), 4);
    this.say(`piece ${String.UTF8.decodeUnsafe(changetype<usize>(piece), read)}`);
    this.say(`end ${readFile("en/words.txt", 1_000_000, changetype<usize>(piece), 4)}`);
    const missing = readFile("../1/model.wasm", 0, changetype<usize>(piece), 4);
    this.say(`missing ${fileSize("nothing")} ${missing} ${lastError()}`);
  }

  /** Two counters of a family, a gauge that is deleted, and a histogram, which releases before 24.08 refuse. */
  private reportMetrics(): void {
    const one = this.counter("one");
    const two = this.counter('two \\ "2"');
    one.add(1.5);
    two.add(40);
    this.say(`counters ${one.value} ${two.value} ${one.set(1)} ${one.add(-1)}`);
    const gauge = Metric.create(MetricKind.Gauge, "contract_gauge", "a gauge");
    gauge.set(7);
    gauge.add(-9);
    this.say(`gauge ${gauge.value} ${gauge.observe(1)} ${gauge.delete()} ${gauge.add(1)}`);
    this.say(`deleted ${lastError()}`);
    const refused = Metric.create(MetricKind.Gauge, "a b", "");
    this.say(`refused ${refused.isRefused} ${lastError()}`);
    const buckets = StaticArray.fromArray<f64>([0.5, 10]);
    const labels = new Labels().with("stage", "all");
    const histogram = Metric.create(
      MetricKind.Histogram,
      "contract_sizes",
      "sizes",
      labels,
      buckets,
    );
    if (histogram.isRefused) {
      this.say(`histogram ${lastError()}`);
    } else {
      const seen = [histogram.observe(0.25), histogram.observe(2), histogram.observe(100)];
      this.say(`histogram ${seen[0] && seen[1] && seen[2]} ${histogram.add(1)}`);
    }
  }

  private counter(stage: string): Metric {
    const labels = new Labels().with("stage", stage);
    return Metric.create(MetricKind.Counter, "contract_things", "things", labels);
  }

  /** The elements of TEXTS in reverse order. */
  private reportBytes(request: Request): bool {
    const input = request.requireInput("TEXTS");
    if (input == null) return false;
    const elements = input.byteStrings();
    if (elements == null) return false;
    const all: StaticArray<u8>[] = [];
    while (elements.next()) all.push(elements.bytes);
    for (let index = all.length - 1; index >= 0; index--) {
      this.lines.add(changetype<usize>(all[index]), all[index].length);
    }
    return true;
  }

  /** For each number of FLOATS: as FP16 and BF16, and these converted back, all as bits. */
  private reportHalves(request: Request): bool {
    const input = request.requireInput("FLOATS");
    if (input == null) return false;
    const values = input.data<f32>();
    if (values == null) return false;
    for (let index = 0; index < values.length; index++) {
      const fp16 = f16FromF32(values[index]);
      const bf16 = bf16FromF32(values[index]);
      const back16 = reinterpret<u32>(f16ToF32(fp16));
      const backB = reinterpret<u32>(bf16ToF32(bf16));
      this.say(`${fp16} ${back16} ${bf16} ${backB}`);
    }
    return true;
  }
}

const model = new Contract();

export function triton_initialize(): i32 {
  return model.onInitialize();
}

export function triton_execute(): i32 {
  return model.onExecute();
}
