/** The SDK for models in AssemblyScript (docs/guest-abi.md). */
import * as abi from "./triton_v1";

/*
 * Some exports are for models that allocate nothing while they execute, such as assembly/models/identity: UTF-8 texts that are not
 * copied, and a writer that is used again for each line.
 */
export { readArgument } from "./arguments";
export { ByteStrings, ByteStringsWriter } from "./byte-strings";
export {
  Call,
  CallOutput,
  isModelReady,
  loadModel,
  unloadModel,
  WAIT_FOR_EVER,
  waitForAnyCall,
} from "./call";
export { ModelConfig, modelParameter, TensorConfig } from "./config";
export { Datatype, datatypeName, datatypeOfConfig, elementBytes } from "./datatype";
export { isDigits, NO_INTEGER, parseInteger } from "./decimal";
export { ErrorCode } from "./error-code";
export { fileBytes, fileNames, fileSize, fileText, readFile } from "./files";
export { bf16FromF32, bf16ToF32, f16FromF32, f16ToF32 } from "./half";
export { JsonReader, parseJson } from "./json-reader";
export { JsonKind, JsonValue } from "./json-value";
export { isVerbose, LogLevel, logEnabled, logLine } from "./log";
export { Labels, Metric } from "./metric";
export { MetricKind } from "./metric-kind";
export { lastError, logText, Model, pollAfter, readText } from "./model";
export { Output } from "./output";
export { ParameterType, RequestParameter } from "./parameter";
export { Request, Response } from "./request";
export { respondError } from "./response";
export { elementCount, sameShape, shapeText } from "./shape";
export { Tensor } from "./tensor";
export { TEXT_MAX_BYTES, TextWriter } from "./text-writer";
export { RANK_MAX } from "./triton_v1";
export { Utf8, utf8 } from "./utf8";
/** The functions of the host. */
export { abi };
