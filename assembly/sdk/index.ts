/** What a model in AssemblyScript imports (docs/guest-abi.md). */
import * as abi from "./triton_v1";

export { Datatype, datatypeName, elementBytes } from "./datatype";
export { ErrorCode } from "./error-code";
export { JsonReader, parseJson } from "./json-reader";
export { JsonKind, JsonValue } from "./json-value";
export { LogLevel } from "./log";
export { MetricKind } from "./metric-kind";
export { lastError, logText, Metric, Model, readText } from "./model";
export { Output } from "./output";
export { Request, Response } from "./request";
export { elementCount, sameShape, shapeText } from "./shape";
export { Tensor } from "./tensor";
/** The host's functions as they are. */
export { abi };
