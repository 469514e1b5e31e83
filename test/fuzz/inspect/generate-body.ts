import type { Random } from "../../support/random.js";
import { type Bytes, leb128 } from "../../support/wasm/module-bytes.js";

/** What the module around a body has; functions and tags are of the type 0, which takes and returns nothing. */
export interface BodyContext {
  readonly functions: number;
  readonly tags: number;
  readonly tables: number;
  /** Data segments, if they are announced before the code. */
  readonly dataSegments: number;
}

const VOID = 0x40;
const LOCALS: readonly Bytes[] = [
  [2, 0x7f],
  [1, 0x7e],
  [1, 0x7c],
  [1, 0x7b],
];

/** The contents of a function's body: instructions of each family, mostly in a valid order. */
export function generateBody(random: Random, context: BodyContext): Bytes {
  if (random.once(40)) return costlyBody(random);
  return [LOCALS.length, LOCALS, new BodyGenerator(random, context).statements(3, 1), 0x0b];
}

/** More locals, or more blocks with as many as there may be, than are taken; or not quite. */
function costlyBody(random: Random): Bytes {
  const blocks = random.below(600);
  return [
    [1, leb128(49_998 + random.below(4)), 0x7f],
    new Array<Bytes>(blocks).fill([0x20, 0, 0x04, VOID]),
    new Array<Bytes>(blocks).fill(0x0b),
    0x0b,
  ];
}

class BodyGenerator {
  constructor(
    private readonly random: Random,
    private readonly context: BodyContext,
  ) {}

  /** Statements that leave the stack as it was. @param nest how deep blocks may still go @param labels blocks that are open */
  statements(nest: number, labels: number): Bytes {
    return Array.from({ length: this.random.below(6) }, () => this.statement(nest, labels));
  }

  private statement(nest: number, labels: number): Bytes {
    if (this.random.once(100)) return this.random.below(256);
    if (nest > 0 && this.random.once(3)) return this.block(nest - 1, labels + 1);
    const choices: readonly (() => Bytes)[] = [
      () => [this.value(), 0x1a],
      () => [this.value(), 0x21, this.random.below(2)],
      () => [this.value(), 0x22, 0, 0x0d, this.random.below(labels)],
      () => this.access(),
      () => this.vector(),
      () => this.bulk(),
      () => this.call(),
      () => [this.value(), 0x0e, this.targets(labels)],
      () => this.random.pick<Bytes>([0x00, 0x01, 0x0f, [0x0c, this.random.below(labels)]]),
    ];
    return this.random.pick(choices)();
  }

  /** Code that leaves an i32. */
  private value(): Bytes {
    const constant = (): Bytes => [0x41, this.number(this.random.below(64))];
    return this.random.pick<() => Bytes>([
      constant,
      () => [0x20, this.random.below(2)],
      () => [constant(), constant(), this.random.pick([0x6a, 0x6b, 0x6d, 0x46, 0x71])],
      () => [constant(), constant(), constant(), this.random.pick<Bytes>([0x1b, [0x1c, 1, 0x7f]])],
      () => [0x3f, 0],
      () => [constant(), 0x40, 0],
      () => [0x20, 3, this.random.pick<Bytes>([0xaa, [0xfc, 2]])],
      () => [0x44, new Array<number>(8).fill(this.random.below(256)), 0xaa],
      () => [0x42, this.number(5), 0xa7],
      () => [0xd0, this.random.pick([0x70, 0x6f, 0x69]), 0xd1],
      () => [0x20, 4, 0xfd, this.random.pick<Bytes>([0x53, [0x1b, 3], leb128(0xa3)])],
    ])();
  }

  private access(): Bytes {
    const at: Bytes = [this.random.below(3), this.number(this.random.below(300))];
    return this.random.pick<Bytes>([
      [this.value(), 0x28, at, 0x1a],
      [this.value(), 0x2d, 0, this.number(7), 0x1a],
      [this.value(), this.value(), 0x36, at],
      [this.value(), this.value(), 0x28, 0x40, 0, 0, 0x36, at],
      [this.value(), 0xfe, 0x10, 2, 0, 0x1a],
      [this.value(), this.value(), 0xfe, 0x1e, 2, 0, 0x1a],
      [this.value(), this.value(), this.value(), 0xfe, 0x48, 2, 0, 0x1a],
      [0xfe, 3, 0],
    ]);
  }

  private vector(): Bytes {
    const get: Bytes = [0x20, 4];
    const code = this.random.pick([14, 0x51, 0x6e, 0xb5, 0xe4, 0x100, 0x111]);
    return this.random.pick<Bytes>([
      [get, get, 0xfd, leb128(code), 0x21, 4],
      [get, get, get, 0xfd, 0x52, 0x1a],
      [get, get, get, 0xfd, leb128(0x105 + this.random.below(8)), 0x1a],
      [get, get, 0xfd, 13, new Array<number>(16).fill(this.random.below(40)), 0x1a],
      [0xfd, 12, new Array<number>(16).fill(this.random.below(256)), 0x1a],
      [this.value(), get, 0xfd, 0x56, 2, 0, this.random.below(5), 0x1a],
      [this.value(), get, 0xfd, 11, 4, 0],
    ]);
  }

  private bulk(): Bytes {
    const three = [this.value(), this.value(), this.value()];
    const { tables, dataSegments } = this.context;
    return this.random.pick<Bytes>([
      [three, 0xfc, 10, 0, 0],
      [three, 0xfc, 11, 0],
      dataSegments > 0 ? [three, 0xfc, 8, 0, 0, 0xfc, 9, 0] : 0x01,
      tables > 0 ? [0xfc, 16, 0, 0x1a] : 0x01,
      tables > 0 ? [three, 0xfc, 14, 0, 0] : 0x01,
      tables > 0 ? [this.value(), 0x25, 0, 0x1a] : 0x01,
    ]);
  }

  private call(): Bytes {
    const { functions, tables, tags } = this.context;
    return this.random.pick<Bytes>([
      functions > 0 ? [0x10, this.random.below(functions)] : 0x01,
      functions > 0 && this.random.once(4) ? [0x12, this.random.below(functions)] : 0x01,
      tables > 0 ? [this.value(), 0x11, 0, 0] : 0x01,
      tags > 0 && this.random.once(2) ? [0x08, this.random.below(tags)] : 0x01,
      this.random.once(4) ? [0xd0, 0x69, 0x0a] : 0x01,
    ]);
  }

  private block(nest: number, labels: number): Bytes {
    const body = () => this.statements(nest, labels);
    const type = this.random.once(4) ? this.number(0) : VOID;
    const tag = this.context.tags > 0 ? [0x07, 0, body()] : [];
    return this.random.pick<Bytes>([
      [0x02, type, body(), 0x0b],
      [0x02, 0x7f, body(), this.value(), 0x0b, 0x1a],
      [0x03, type, body(), 0x0b],
      [this.value(), 0x04, type, body(), 0x0b],
      [this.value(), 0x04, 0x7f, this.value(), 0x05, body(), this.value(), 0x0b, 0x1a],
      [0x06, VOID, body(), tag, 0x19, body(), this.random.once(3) ? [0x09, 0] : [], 0x0b],
      [0x06, VOID, body(), 0x18, this.random.below(labels - 1)],
      [
        0x1f,
        VOID,
        1,
        this.random.pick<Bytes>([2, [0, 0]]),
        this.random.below(labels - 1),
        body(),
        0x0b,
      ],
      [0x02, 0x69, 0x1f, VOID, 1, 3, 0, body(), 0x0b, 0x0f, 0x0b, 0x1a],
    ]);
  }

  private targets(labels: number): Bytes {
    const targets = Array.from({ length: this.random.below(4) }, () => this.random.below(labels));
    return [this.number(targets.length), targets, this.random.below(labels)];
  }

  /** Sometimes longer than needed. */
  private number(value: number): Bytes {
    return this.random.once(8) ? [(value & 0x3f) | 0x80, value >> 7] : value & 0x3f;
  }
}
