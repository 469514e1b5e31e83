/** One struct of a release: total size and [offset, size] of each field, in bytes. */
export interface StructLayout {
  readonly size: number;
  readonly fields: Readonly<Record<string, readonly [offset: number, size: number]>>;
}

/** What one group of releases writes into shared memory. Data only; made by scripts/layouts.mjs. */
export interface Layout {
  readonly releases: readonly string[];
  /** `PYTHONSTUB_CommandType` without its prefix. */
  readonly commands: Readonly<Record<string, number>>;
  readonly structs: Readonly<Record<string, StructLayout | undefined>>;
}

/** The layout of `name`. @throws Error when the release has no such struct: a mistake in our code, not in the input */
export function structOf(layout: Layout, name: string): StructLayout {
  const struct = layout.structs[name];
  if (struct === undefined) throw new Error(`layout ${layout.releases[0]} has no struct ${name}`);
  return struct;
}

/** Offsets of fields in a struct, and the struct's size. */
export type Offsets<Field extends string> = Readonly<Record<Field | "bytes", number>>;

/** Offsets of the named fields, resolved once so that the hot path reads plain numbers. */
export function offsetsOf<Field extends string>(
  layout: Layout,
  structName: string,
  ...fields: Field[]
): Offsets<Field> {
  const struct = structOf(layout, structName);
  const entries = fields.map((field) => {
    const place = struct.fields[field];
    if (place === undefined) {
      throw new Error(`layout ${layout.releases[0]} has no field ${structName}.${field}`);
    }
    return [field, place[0]] as const;
  });
  return Object.fromEntries([...entries, ["bytes", struct.size]]) as Offsets<Field>;
}

/** The number of a command. */
export function commandOf(layout: Layout, name: string): number {
  const command = layout.commands[name];
  if (command === undefined) throw new Error(`layout ${layout.releases[0]} has no command ${name}`);
  return command;
}
