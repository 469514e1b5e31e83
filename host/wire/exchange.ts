import { type Handle, offsetBy, type RegionOffset } from "../numbers.js";
import { objectAt } from "../shm/ownership.js";
import { type Layout, type Offsets, offsetsOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import type { StringCodec } from "./strings.js";

/** What the two sides of an exchange wait with. The flag turns true when the server is done. */
export interface ExchangePlaces {
  readonly mutexAt: RegionOffset;
  readonly conditionAt: RegionOffset;
  readonly flagAt: RegionOffset;
}

/** The fields of a record that has all three in itself. Whoever sends it initialises mutex and condition. */
export class ExchangeFields {
  private readonly mutex: number;
  private readonly condition: number;
  private readonly flag: number;

  /** @param flag `is_stub_turn` in a ResponseSend */
  constructor(layout: Layout, struct: string, flag = "waiting_on_stub") {
    const at = offsetsOf(layout, struct, "mu", "cv", flag);
    this.mutex = at.mu!;
    this.condition = at.cv!;
    this.flag = at[flag]!;
  }

  /** Where they are in the record at `handle`. */
  of(handle: Handle): ExchangePlaces {
    const object = objectAt(handle);
    return {
      mutexAt: offsetBy(object, this.mutex),
      conditionAt: offsetBy(object, this.condition),
      flagAt: offsetBy(object, this.flag),
    };
  }
}

/** Where a record holds the server's error. */
export type ErrorFields = Offsets<"has_error" | "is_error_set" | "error">;

/** The server's reason why it has not done what the record at `handle` asks for; undefined when it has. */
export function readExchangeError(
  reader: WireReader,
  strings: StringCodec,
  handle: Handle,
  at: ErrorFields,
): string | undefined {
  const object = objectAt(handle);
  if (!reader.flag(object, at.has_error)) return undefined;
  if (!reader.flag(object, at.is_error_set)) return "the server gave no reason";
  return strings.read(reader, object, at.error);
}
