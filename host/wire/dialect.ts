import { DictionaryCodec } from "./dictionary.js";
import { type ExecuteEra, executeEraOf } from "./era.js";
import { commandOf, type Layout } from "./layout.js";
import { LAYOUTS } from "./layouts/index.js";
import { MessageCodec } from "./message.js";
import { AutoCompleteCodec } from "./records/auto-complete.js";
import { BlsCodec } from "./records/bls.js";
import { CancelCodec } from "./records/cancel.js";
import { CleanupCodec } from "./records/cleanup.js";
import { InitializeCodec } from "./records/initialize.js";
import { IsCancelledCodec } from "./records/is-cancelled.js";
import { LogCodec } from "./records/log.js";
import { MetricsCodec } from "./records/metrics.js";
import { ModelControlCodec } from "./records/model-control.js";
import { ReadinessCodec } from "./records/readiness.js";
import { RequestCodec } from "./records/request.js";
import { RequestBatchCodec } from "./records/request-batch.js";
import { ReschedulingCodec } from "./records/rescheduling.js";
import { ResponseCodec } from "./records/response.js";
import { ResponseBatchCodec } from "./records/response-batch.js";
import { ResponseSendCodec } from "./records/response-send.js";
import { TensorCodec } from "./records/tensor.js";
import { StringCodec } from "./strings.js";
import { layoutOfRelease } from "./supported.js";

/** Numbers of FinalizeRequest in all releases. The stub accepts all of them, since the server may be of another release than assumed. */
export const FINALIZE_REQUESTS: ReadonlySet<number> = new Set(
  LAYOUTS.map((layout) => commandOf(layout, "FinalizeRequest")),
);

/** All codecs and command numbers of one release. */
export class Dialect {
  readonly release: string;
  readonly layout: Layout;
  readonly era: ExecuteEra;
  readonly strings: StringCodec;
  readonly dictionary: DictionaryCodec;
  readonly message: MessageCodec;
  readonly autoComplete: AutoCompleteCodec;
  readonly initialize: InitializeCodec;
  readonly tensors: TensorCodec;
  readonly requests: RequestCodec;
  readonly requestBatch: RequestBatchCodec;
  readonly rescheduling: ReschedulingCodec;
  readonly response: ResponseCodec;
  readonly responseBatch: ResponseBatchCodec;
  readonly responseSend: ResponseSendCodec;
  readonly log: LogCodec;
  readonly metrics: MetricsCodec;
  readonly modelControl: ModelControlCodec;
  readonly cleanup: CleanupCodec;
  readonly isCancelled: IsCancelledCodec;
  /** Undefined up to 26.02. */
  readonly readiness: ReadinessCodec | undefined;
  /** The command of {@link readiness}; undefined up to 26.02. */
  readonly readinessCommand: number | undefined;
  readonly bls: BlsCodec;
  /** Undefined up to 25.03. */
  readonly cancel: CancelCodec | undefined;
  readonly commands: ReturnType<typeof commandsOf>;
  /** The command that deletes a response factory; undefined up to 23.11, where the server deletes it itself. */
  readonly responseFactoryCleanup: number | undefined;
  /** The command of {@link cancel}; undefined up to 25.03. */
  readonly cancelCommand: number | undefined;

  /**
   * @param release `YY.MM`
   * @throws StubError ERR_RELEASE_UNSUPPORTED
   */
  constructor(release: string) {
    const layout = layoutOfRelease(release);
    const strings = new StringCodec(layout);
    this.release = release;
    this.layout = layout;
    this.era = executeEraOf(release);
    this.strings = strings;
    this.dictionary = new DictionaryCodec(layout, strings);
    this.message = new MessageCodec(layout);
    this.autoComplete = new AutoCompleteCodec(layout, strings, release);
    this.initialize = new InitializeCodec(layout, strings);
    this.tensors = new TensorCodec(layout, strings);
    this.requests = new RequestCodec(layout, strings, this.tensors);
    this.requestBatch = new RequestBatchCodec(layout, this.requests);
    this.rescheduling = new ReschedulingCodec(layout);
    this.response = new ResponseCodec(layout, strings, this.tensors, release);
    this.responseBatch = new ResponseBatchCodec(layout, this.era, strings, this.message);
    this.responseSend = new ResponseSendCodec(layout, strings);
    this.log = new LogCodec(layout, strings);
    this.metrics = new MetricsCodec(layout, strings);
    this.modelControl = new ModelControlCodec(layout, strings, this.dictionary);
    this.cleanup = new CleanupCodec(layout);
    this.isCancelled = new IsCancelledCodec(layout);
    this.bls = new BlsCodec(layout, this.message, this.requestBatch, this.responseBatch);
    const { CancelBLSRequestMessage } = layout.structs;
    this.cancel = CancelBLSRequestMessage && new CancelCodec(layout);
    this.commands = commandsOf(layout);
    const { UserModelReadinessMessage } = layout.structs;
    this.readiness = UserModelReadinessMessage && new ReadinessCodec(layout, strings);
    this.readinessCommand = layout.commands.UserModelReadinessRequest;
    this.responseFactoryCleanup = layout.commands.DecoupledResponseFactoryCleanup;
    this.cancelCommand = layout.commands.CancelBLSInferRequest;
  }
}

function commandsOf(layout: Layout) {
  const number = (name: string) => commandOf(layout, name);
  return {
    executeRequest: number("ExecuteRequest"),
    initializeRequest: number("InitializeRequest"),
    initializeResponse: number("InitializeResponse"),
    autoCompleteRequest: number("AutoCompleteRequest"),
    autoCompleteResponse: number("AutoCompleteResponse"),
    logRequest: number("LogRequest"),
    metricFamilyNew: number("MetricFamilyRequestNew"),
    metricFamilyDelete: number("MetricFamilyRequestDelete"),
    metricNew: number("MetricRequestNew"),
    metricDelete: number("MetricRequestDelete"),
    metricIncrement: number("MetricRequestIncrement"),
    metricSet: number("MetricRequestSet"),
    metricValue: number("MetricRequestValue"),
    /** Undefined before 24.08, which has no histograms. */
    metricObserve: layout.commands.MetricRequestObserve,
    responseSend: number("ResponseSend"),
    /** A later response of a stream. In 23.10 the server leaves the command of such a message unset. */
    streamedResponse: layout.commands.InferStreamExecResponse,
    loadModel: number("LoadModelRequest"),
    unloadModel: number("UnloadModelRequest"),
    modelReadiness: number("ModelReadinessRequest"),
    isRequestCancelled: number("IsRequestCancelled"),
    /** Deletes the server's state of a call with a stream of answers. From 23.12 on there is a second clean-up, for response factories. */
    streamCleanup: layout.commands.BLSDecoupledInferPayloadCleanup ?? number("CleanupRequest"),
  };
}
