/** The moments at which an executor can be killed. */
export const SAMPLED_AIMS = [
  /** It puts a message into a queue. */
  "push",
  /** The server has the message, but the executor has not noted that yet. */
  "handed over",
  /** As `handed over`, with a call of another model. */
  "call handed over",
  /** As `handed over`, with the last response to a request that the guest keeps. */
  "last response handed over",
  /** It has read the answer to a call, and has not dropped the call yet. */
  "answer of a call",
  /** It takes a later response of a stream. */
  "streamed response",
] as const;
export type SampledAim = (typeof SAMPLED_AIMS)[number];

/** What to kill, and when. */
export interface SampleOptions {
  readonly aim: SampledAim;
  readonly pid: number;
  /** File of the memory that the executor shares with its guard. */
  readonly mapping: string;
  /** File of the region. */
  readonly region: string;
  /** Handle of the region's control block. */
  readonly control: number;
  readonly release: string;
  readonly patienceMs: number;
}
