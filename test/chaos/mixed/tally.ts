import { HANG_MS } from "../../support/wait.js";

/** What came of the requests of a kind. */
export interface Outcomes {
  right: number;
  /** Errors that the load expects. */
  failed: number;
}

/** Counts requests and what came of them. */
export class Tally {
  readonly kinds = new Map<string, Outcomes>();
  /** What no request may have as its outcome, each with its kind. */
  readonly wrong: string[] = [];

  /** @param send sends a request, and returns "right", "expected error", or what is wrong with the answer */
  async request(kind: string, send: () => Promise<string>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const hangs = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`no answer within ${HANG_MS} ms`), HANG_MS);
    });
    const outcome = await Promise.race([send(), hangs]);
    clearTimeout(timer);
    const outcomes = this.kinds.get(kind) ?? { right: 0, failed: 0 };
    this.kinds.set(kind, outcomes);
    if (outcome === "right") outcomes.right += 1;
    else if (outcome === "expected error") outcomes.failed += 1;
    else this.wrong.push(`${kind}: ${outcome}`);
  }

  get right(): number {
    return this.sum(({ right }) => right);
  }

  get failed(): number {
    return this.sum(({ failed }) => failed);
  }

  private sum(count: (outcomes: Outcomes) => number): number {
    return [...this.kinds.values()].reduce((sum, outcomes) => sum + count(outcomes), 0);
  }
}
