import { expect } from "@jest/globals";
import type { Handle } from "../../../host/numbers.js";
import { instanceArguments } from "../../../host/wire/records/initialize.js";
import {
  compareExecuteResponse,
  compareRequests,
  compareResponse,
  compareResponseSend,
} from "./executions.js";
import { compareMetrics } from "./metrics.js";
import { compareModelControl, compareReadiness } from "./models.js";
import { type Opened, regionOf } from "./opened.js";
import { again } from "./round-trip.js";

type Compare = (one: Opened) => void;

/** A call to another model, or the server's answer to it. */
function compareCall(one: Opened): void {
  if (!one.isAnswered) {
    compareRequests(one);
    return;
  }
  const { dialect, reader, message, expected } = one;
  const answer = dialect.bls.decodeAnswer(reader, message.handle)!;
  expect("error" in answer).toBe(expected.hasError);
  if ("error" in answer) expect(answer.error).toBe(expected.error);
  else compareStreamed(one, answer.response);
}

function compareStreamed(one: Opened, handle: Handle): void {
  const { expected } = one;
  const response = one.responseAt(handle);
  compareResponse(one, response, expected.response);
  if (expected.isLast !== undefined) expect(response.isLast).toBe(expected.isLast);
}

function compareLaterResponse(one: Opened): void {
  const { dialect, reader, args, expected, fixture } = one;
  const flag = one.view.getUint8(dialect.bls.streamFlagOf(args));
  expect(flag).toBe(one.isAnswered ? 1 : 0);
  if (one.isAnswered) return;
  const answer = dialect.bls.decodeStreamed(reader, args);
  if ("error" in answer) throw new Error(answer.error);
  compareStreamed(one, answer.response);
  const first = regionOf(fixture, fixture.moment.replace(/-response-\d+$/, "-infer-answer"));
  expect(one.responseAt(answer.response).stream).toBe(first.stream);
  expect(expected.hasError).toBe(false);
}

function compareCleanup(one: Opened): void {
  const { dialect, reader, args, expected, fixture } = one;
  expect(one.view.getUint8(dialect.cleanup.flagOf(args))).toBe(one.isAnswered ? 1 : 0);
  if (one.isAnswered) return;
  const id = dialect.cleanup.decode(reader, args);
  if (expected.idOf !== undefined) expect(id).toBe(regionOf(fixture, expected.idOf).stream);
  else expect(id).toBe(addressesOf(one).responseFactory);
  again(one, ({ writer, reader }) =>
    expect(dialect.cleanup.decode(reader, dialect.cleanup.encodeLocked(writer, id))).toBe(id),
  );
}

function compareCancel(one: Opened): void {
  const { reader, args, expected, fixture } = one;
  const cancel = one.dialect.cancel!;
  const { flagAt } = cancel.fields.of(args);
  expect(one.view.getUint8(flagAt)).toBe(one.isAnswered ? 1 : 0);
  if (one.isAnswered) {
    expect(cancel.readCancelled(reader, args)).toBe(expected.isCancelled);
    return;
  }
  const stream = cancel.decode(reader, args);
  expect(stream).toBe(regionOf(fixture, expected.idOf).stream);
  again(one, ({ writer, reader }) =>
    expect(cancel.decode(reader, cancel.encodeLocked(writer, stream))).toBe(stream),
  );
}

function compareIsCancelled(one: Opened): void {
  const { reader, args, expected } = one;
  const { isCancelled } = one.dialect;
  expect(one.view.getUint8(isCancelled.fields.of(args).flagAt)).toBe(one.isAnswered ? 1 : 0);
  if (one.isAnswered) {
    expect(isCancelled.readCancelled(reader, args)).toBe(expected.isCancelled);
    return;
  }
  const addresses = isCancelled.decode(reader, args);
  expect(addresses).toEqual(addressesOf(one));
  again(one, ({ writer, reader }) =>
    expect(isCancelled.decode(reader, isCancelled.encodeLocked(writer, addresses))).toEqual(
      addresses,
    ),
  );
}

/** What the server calls the request that the index names. */
function addressesOf({ fixture, expected }: Opened) {
  const asked = regionOf(fixture, expected.addressesOf);
  return asked.dialect.requests.addresses(asked.reader, asked.requests[0]!);
}

function compareInitialize(one: Opened): void {
  const { dialect, reader, args, expected } = one;
  const map = dialect.dictionary.read(reader, args);
  expect(Object.fromEntries(map)).toEqual(expected.args);
  expect(Object.values(instanceArguments(map)).sort()).toEqual(
    (Object.values(expected.args) as string[]).sort(),
  );
  again(one, ({ writer, reader }) =>
    expect(dialect.dictionary.read(reader, dialect.dictionary.writeLocked(writer, map))).toEqual(
      map,
    ),
  );
}

function compareInitialized({ dialect, reader, args, expected }: Opened): void {
  const { initialize } = dialect;
  expect(initialize.decode(reader, args)).toBe(expected.hasError ? expected.error : undefined);
}

function compareCompletion({ dialect, reader, args, expected }: Opened): void {
  expect(JSON.parse(dialect.autoComplete.readConfig(reader, args))).toEqual(expected.config);
}

function compareCompleted({ dialect, reader, args, expected }: Opened): void {
  const { error, config } = dialect.autoComplete.decode(reader, args);
  expect(error).toBe(expected.hasError ? expected.error : undefined);
  if (!expected.hasError) expect(JSON.parse(config!)).toEqual(expected.config);
}

function compareLog(one: Opened): void {
  const { dialect, reader, args, expected } = one;
  const line = dialect.log.decode(reader, args);
  expect({ ...line, level: LEVELS[line.level] }).toEqual(expected);
  again(one, ({ writer, reader }) =>
    expect(dialect.log.decode(reader, dialect.log.encodeLocked(writer, line))).toEqual(line),
  );
}

const LEVELS = ["INFO", "WARNING", "ERROR", "VERBOSE"];

/** The end of an instance has no content. */
function compareFinalize({ expected }: Opened): void {
  expect(expected).toEqual({});
}

/** By the name of the command: every one that the index has. */
export const COMPARE: Readonly<Record<string, Compare>> = {
  AutoCompleteRequest: compareCompletion,
  AutoCompleteResponse: compareCompleted,
  InitializeRequest: compareInitialize,
  InitializeResponse: compareInitialized,
  ExecuteRequest: compareRequests,
  ExecuteResponse: compareExecuteResponse,
  FinalizeRequest: compareFinalize,
  FinalizeResponse: compareFinalize,
  LogRequest: compareLog,
  ResponseSend: compareResponseSend,
  InferExecRequest: compareCall,
  InferStreamExecRequest: compareCall,
  InferStreamExecResponse: compareLaterResponse,
  BLSDecoupledInferPayloadCleanup: compareCleanup,
  DecoupledResponseFactoryCleanup: compareCleanup,
  CleanupRequest: compareCleanup,
  CancelBLSInferRequest: compareCancel,
  IsRequestCancelled: compareIsCancelled,
  MetricFamilyRequestNew: compareMetrics,
  MetricFamilyRequestDelete: compareMetrics,
  MetricRequestNew: compareMetrics,
  MetricRequestDelete: compareMetrics,
  MetricRequestValue: compareMetrics,
  MetricRequestIncrement: compareMetrics,
  MetricRequestSet: compareMetrics,
  MetricRequestObserve: compareMetrics,
  ModelReadinessRequest: compareModelControl,
  LoadModelRequest: compareModelControl,
  UnloadModelRequest: compareModelControl,
  UserModelReadinessRequest: compareReadiness,
};
