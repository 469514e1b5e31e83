import { AutoCompleteCodec } from "./auto-complete.js";
import { CleanupCodec } from "./cleanup.js";
import { CustomMetricsCodec } from "./custom-metrics.js";
import { DictionaryCodec } from "./dictionary.js";
import { type ExecuteEra, executeEraOf } from "./era.js";
import { ExecuteCodec } from "./execute.js";
import { ExecuteResponseCodec } from "./execute-response.js";
import { InitializeCodec } from "./initialize.js";
import { IpcMessageCodec } from "./ipc-message.js";
import { commandOf, type Layout } from "./layout.js";
import { LogCodec } from "./log.js";
import { ResponseSendCodec } from "./response-send.js";
import { StringCodec } from "./strings.js";
import { layoutOfRelease } from "./supported.js";

/** All codecs and command numbers of one release. */
export class Dialect {
  readonly release: string;
  readonly layout: Layout;
  readonly era: ExecuteEra;
  readonly strings: StringCodec;
  readonly dictionary: DictionaryCodec;
  readonly message: IpcMessageCodec;
  readonly autoComplete: AutoCompleteCodec;
  readonly initialize: InitializeCodec;
  readonly execute: ExecuteCodec;
  readonly executeResponse: ExecuteResponseCodec;
  readonly log: LogCodec;
  readonly customMetrics: CustomMetricsCodec;
  readonly responseSend: ResponseSendCodec;
  readonly cleanup: CleanupCodec;
  /** The command that deletes a response factory; undefined up to 23.11, where the server does that itself. */
  readonly responseFactoryCleanup: number | undefined;
  readonly commands: Readonly<{
    executeRequest: number;
    initializeRequest: number;
    initializeResponse: number;
    autoCompleteRequest: number;
    autoCompleteResponse: number;
    logRequest: number;
    metricFamilyNew: number;
    metricFamilyDelete: number;
    metricNew: number;
    metricDelete: number;
    metricIncrement: number;
    metricSet: number;
    responseSend: number;
  }>;

  /**
   * @param release `YY.MM`
   * @throws StubError ERR_RELEASE_UNSUPPORTED
   */
  constructor(release: string) {
    const layout = layoutOfRelease(release);
    this.release = release;
    this.layout = layout;
    this.era = executeEraOf(release);
    this.strings = new StringCodec(layout);
    this.dictionary = new DictionaryCodec(layout, this.strings);
    this.message = new IpcMessageCodec(layout);
    this.autoComplete = new AutoCompleteCodec(layout, this.strings, release);
    this.initialize = new InitializeCodec(layout, this.strings);
    this.execute = new ExecuteCodec(layout, this.strings);
    this.executeResponse = new ExecuteResponseCodec(layout, this.era, this.strings, this.message);
    this.log = new LogCodec(layout, this.strings);
    this.customMetrics = new CustomMetricsCodec(layout, this.strings);
    this.responseSend = new ResponseSendCodec(layout, this.strings);
    this.cleanup = new CleanupCodec(layout);
    this.responseFactoryCleanup = layout.commands.DecoupledResponseFactoryCleanup;
    this.commands = {
      executeRequest: commandOf(layout, "ExecuteRequest"),
      initializeRequest: commandOf(layout, "InitializeRequest"),
      initializeResponse: commandOf(layout, "InitializeResponse"),
      autoCompleteRequest: commandOf(layout, "AutoCompleteRequest"),
      autoCompleteResponse: commandOf(layout, "AutoCompleteResponse"),
      logRequest: commandOf(layout, "LogRequest"),
      metricFamilyNew: commandOf(layout, "MetricFamilyRequestNew"),
      metricFamilyDelete: commandOf(layout, "MetricFamilyRequestDelete"),
      metricNew: commandOf(layout, "MetricRequestNew"),
      metricDelete: commandOf(layout, "MetricRequestDelete"),
      metricIncrement: commandOf(layout, "MetricRequestIncrement"),
      metricSet: commandOf(layout, "MetricRequestSet"),
      responseSend: commandOf(layout, "ResponseSend"),
    };
  }
}
