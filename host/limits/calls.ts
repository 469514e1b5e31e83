import { CALLS_MAX } from "./parameters.js";

/**
 * Number of calls of other models that are on record, so that a late answer can be taken by another executor: as many as a model may have in
 * flight.
 */
export const CALL_SLOTS = CALLS_MAX.max;

/**
 * Maximum number of calls that lead from a client's request to another call. A model that calls itself would otherwise never end: each call
 * that it gives up still waits in the server's queue. Pipelines have two or three.
 */
export const CALL_DEPTH_MAX = 16;

/** Maximum number of calls that a guest may have open at a time. A call that is answered needs some kilobytes outside of the guest's memory. */
export const OPEN_CALLS_MAX = 1_024;

/** Maximum number of characters in all names, ids and parameters of the calls of a batch. They are in V8's heap until the batch is answered. */
export const CALL_TEXTS_MAX_LENGTH = 16 * 1024 * 1024;

/** Maximum number of inputs, of requested outputs and of parameters of a call. Models have fewer. */
export const CALL_ITEMS_MAX = 256;

/** Maximum number of responses of a stream that are kept until the guest takes them. The called model waits after that. */
export const STREAM_RESPONSES_MAX = 64;

/** So long after a response of a stream, another one may come that no call waits for: up to 23.12, responses may follow an error. */
export const STREAM_QUIET_MS = 10_000;

/** Period in which an executor that waits for the server looks for late answers to calls. A thread of the server waits meanwhile. */
export const LATE_ANSWER_POLL_MS = 5;

/** As {@link LATE_ANSWER_POLL_MS}, after a response of a stream that no guest wants: the next one follows soon. */
export const LATE_STREAM_POLL_MS = 1;
