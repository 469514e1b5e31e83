import type { Journal } from "./journal.js";
import type { Mapping, Word } from "./mapping.js";
import { FACTORIES_MAX } from "./mapping-table.js";

/** Which requests of the current batch have their last response. The notes outlive the executor. `Journal.take` begins a batch. */
export class BatchProgress {
  private readonly mapping: Mapping;
  private readonly number: Word;
  private readonly ended: Word;
  private readonly answeredAt: number;

  constructor(mapping: Mapping) {
    this.mapping = mapping;
    this.number = mapping.word("batch_number");
    this.ended = mapping.word("batch_ended");
    this.answeredAt = mapping.indexOf("answered") * 4;
  }

  /** Number of the batch. */
  get current(): number {
    return this.number.value;
  }

  /** Whether the server has the answer to the batch, and the batch has not failed. */
  get hasSucceeded(): boolean {
    return this.ended.value === this.number.value;
  }

  isAnswered(request: number): boolean {
    return request < FACTORIES_MAX && this.wordOf(request).value === this.current;
  }

  /** The next push has the last response to a request. */
  expectAnswered(journal: Journal, request: number): void {
    if (request < FACTORIES_MAX) journal.expect(this.wordOf(request), this.current);
    journal.expectResponse();
  }

  /** The next push answers the batch with success. */
  expectSuccess(journal: Journal): void {
    journal.expect(this.ended, this.current);
  }

  private wordOf(request: number): Word {
    return this.mapping.wordAt(this.answeredAt + 4 * request);
  }
}
