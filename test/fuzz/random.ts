/** Random numbers that a seed repeats: xorshift of 32 bits. */
export class Random {
  private state: number;

  constructor(seed: number) {
    // Seeds that follow one another must not begin alike; zero would stay zero.
    this.state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
    for (let i = 0; i < 4; i++) this.next();
  }

  /** A whole number from 0 up to `limit`, without `limit`. */
  below(limit: number): number {
    return this.next() % limit;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  private next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state >>> 0;
  }
}
