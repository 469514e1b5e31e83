/** What a batch has changed in a metric since the last message to the server. */
export interface Change {
  added: number;
  /** The value that a gauge was set to before `added`. */
  set: number | undefined;
  /** Observations of a histogram, which the server takes one by one. */
  observed: number[];
}

/** Nothing to send. */
export function noChange(): Change {
  return { added: 0, set: undefined, observed: [] };
}

/** Whether there is something to send. */
export function isChange({ added, set, observed }: Change): boolean {
  return added !== 0 || set !== undefined || observed.length > 0;
}
