import type { Random } from "../../support/random.js";
import { type Bytes, binary, leb128, section, sized } from "../../support/wasm/module-bytes.js";
import { generateBody } from "./generate-body.js";
import { NAMES, NUMBERS, OTHER_TYPES, REFERENCES } from "./pieces.js";

/** A module that is valid more often than not, in forms that no assembler writes. */
export function generateModule(random: Random): Uint8Array {
  return new Generator(random).module();
}

class Generator {
  private readonly types: Bytes[] = [];
  private functions = 0;
  private tables = 0;
  private globals = 0;
  private tags = 0;

  constructor(private readonly random: Random) {}

  module(): Uint8Array {
    this.types.push([0x60, 0, 0], ...this.some(() => this.type()));
    const imports = this.some(() => [this.name(), this.name(), 0, this.below(this.types.length)]);
    const defined = this.some(() => this.number(0));
    this.functions = imports.length + defined.length;
    const tables = this.some(() => this.table());
    this.tables = tables.length;
    const tags = this.some(() => [0, this.number(0)]);
    this.tags = tags.length;
    const globals = this.some(() => this.global());
    this.globals = globals.length;
    const data = this.some(() => this.dataSegment());
    const announced = this.random.once(2);
    const context = {
      // Imported ones may be of another type.
      functions: imports.length === 0 ? this.functions : 0,
      tags: this.tags,
      tables: this.tables,
      dataSegments: announced ? data.length : 0,
    };
    return binary(
      this.custom(),
      this.vector(1, this.types),
      this.custom(),
      this.vector(2, imports),
      this.vector(3, defined),
      this.vector(4, tables),
      this.vector(5, [this.limits(0x1_0000)]),
      this.vector(13, tags),
      this.vector(6, globals),
      this.vector(7, [["memory", 2, 0], ...this.some(() => this.exported())]),
      this.functions > 0 && this.random.once(3) ? section(8, this.below(this.functions)) : [],
      this.vector(
        9,
        this.some(() => this.elementSegment()),
      ),
      announced ? section(12, this.number(data.length)) : [],
      this.vector(
        10,
        defined.map(() => sized(generateBody(this.random, context))),
      ),
      this.vector(11, data),
      this.custom(),
    );
  }

  private type(): Bytes {
    const values = () => this.counted(this.some(() => this.valueType()));
    if (!this.random.once(40)) return [0x60, values(), values()];
    return this.random.pick<Bytes>([
      [0x5f, 1, 0x7f, 0],
      [0x5e, 0x78, 1],
      [0x50, 0, 0x60, 0, 0],
      [0x4f, 0, 0x60, 0, 0],
      [0x4e, 0],
      [0x4e, 1, 0x60, 0, 0],
    ]);
  }

  private valueType(): Bytes {
    if (this.random.once(60)) return this.random.pick(OTHER_TYPES);
    if (this.random.once(60)) return [this.random.pick([0x63, 0x64]), this.random.pick([0x70, 0])];
    return this.random.pick([...NUMBERS, ...REFERENCES]);
  }

  private limits(most: number): Bytes {
    const min = this.random.below(4);
    const flags = this.random.once(20) ? this.random.below(18) : this.random.below(2);
    const max = this.random.once(2) ? this.random.below(9) : most - this.random.below(2);
    return [flags, this.number(min), flags & 1 ? this.number(max) : []];
  }

  private table(): Bytes {
    const type = this.random.once(20) ? this.valueType() : this.random.pick(REFERENCES);
    const limits = this.limits(2 ** 32 - 1);
    return this.random.once(6) ? [0x40, 0, type, limits, this.nullOf(type)] : [type, limits];
  }

  private global(): Bytes {
    const type = this.valueType();
    const mutable = this.random.below(2);
    const bytes = new Array<number>(16).fill(this.random.below(256));
    const constants: Record<number, Bytes> = {
      127: this.offset(),
      126: [0x42, this.number(0), 0x42, 0x7f, this.random.pick([0x7c, 0x7d, 0x7e]), 0x0b],
      125: [0x43, bytes.slice(0, 4), 0x0b],
      124: [0x44, bytes.slice(0, 8), 0x0b],
      123: [0xfd, this.number(12), bytes, 0x0b],
    };
    return [type, mutable, (typeof type === "number" && constants[type]) || this.nullOf(type)];
  }

  private nullOf(type: Bytes): Bytes {
    if (type === 0x70 && this.functions > 0 && this.random.once(2)) return this.functionReference();
    if (this.random.once(40)) return [0xd0, this.random.pick([...OTHER_TYPES, 0, 0xf0]), 0x0b];
    return [0xd0, type === 0x6f ? 0x6f : 0x70, 0x0b];
  }

  private functionReference(): Bytes {
    return [0xd2, this.below(this.functions), 0x0b];
  }

  private offset(): Bytes {
    const constant = (): Bytes => [0x41, this.number(this.random.below(64))];
    if (this.random.once(6))
      return [constant(), constant(), this.random.pick([0x6a, 0x6b, 0x6c]), 0x0b];
    if (this.globals > 0 && this.random.once(8)) return [0x23, this.below(this.globals), 0x0b];
    // Mostly instructions that are not constant.
    if (this.random.once(30)) return [constant(), this.random.below(256), 0x0b];
    return [constant(), 0x0b];
  }

  private exported(): Bytes {
    const sizes = [this.functions, this.tables, 1, this.globals, this.tags];
    const kind = this.random.below(5);
    return [this.name(), sizes[kind] === 0 ? [2, 0] : [kind, this.below(sizes[kind]!)]];
  }

  private elementSegment(): Bytes {
    const flags = this.random.once(30) ? this.random.below(10) : this.random.pick([1, 3, 5, 7]);
    const active = (flags & 1) === 0;
    const place = active ? [flags & 2 ? 0 : [], this.offset()] : [];
    const type = this.random.pick(REFERENCES);
    const kind = active && !(flags & 2) ? [] : flags & 4 ? type : 0;
    const elements = this.some(() =>
      flags & 4 ? this.nullOf(type) : this.below(Math.max(1, this.functions)),
    );
    return [this.number(flags), place, kind, this.counted(elements)];
  }

  private dataSegment(): Bytes {
    const flags = this.random.once(30) ? this.random.below(5) : this.random.below(3);
    const place = flags === 1 ? [] : [flags === 2 ? this.number(0) : [], this.offset()];
    return [this.number(flags), place, this.name()];
  }

  private custom(): Bytes {
    if (!this.random.once(4)) return [];
    const name = this.random.pick([
      ...NAMES,
      "name",
      "sourceMappingURL",
      "metadata.code.branch_hint",
    ]);
    return section(
      0,
      name,
      this.some(() => this.random.below(256)),
    );
  }

  private name(): Bytes {
    if (this.random.once(40)) return this.counted(this.some(() => 0x70 + this.random.below(0x90)));
    if (this.random.once(2)) return this.random.pick(NAMES);
    return `n${this.random.below(1_000)}`;
  }

  private some<T>(make: () => T): T[] {
    return Array.from({ length: this.random.below(4) }, make);
  }

  private counted(entries: readonly Bytes[]): Bytes {
    return [this.number(entries.length), entries];
  }

  private vector(id: number, entries: readonly Bytes[]): Bytes {
    return entries.length === 0 && !this.random.once(4) ? [] : section(id, this.counted(entries));
  }

  private below(limit: number): Bytes {
    return this.number(this.random.below(limit));
  }

  /** Mostly in its shortest form; may be longer, up to five bytes. */
  private number(value: number): Bytes {
    const short = leb128(value);
    if (!this.random.once(6)) return short;
    const surplus = this.random.below(6 - short.length);
    if (surplus === 0) return short;
    const last = short.pop()!;
    return [short, last | 0x80, new Array<number>(surplus - 1).fill(0x80), 0];
  }
}
