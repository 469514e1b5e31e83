import { type Handle, offsetBy, type RegionOffset } from "../numbers.js";
import { objectAt } from "../shm/ownership.js";
import { type Layout, type Offsets, offsetsOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import type { StringCodec } from "./strings.js";

/**
 * Offsets of the mutex, condition variable and flag with which the two sides of an exchange wait. The server sets the flag when it is done.
 */
export interface ExchangePlaces {
  readonly mutexAt: RegionOffset;
  readonly conditionAt: RegionOffset;
  readonly flagAt: RegionOffset;
}

/** The fields of a record that contains all three. The sender initialises mutex and condition variable. */
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

  /** The offsets in the record at `handle`. */
  of(handle: Handle): ExchangePlaces {
    const object = objectAt(handle);
    return {
      mutexAt: offsetBy(object, this.mutex),
      conditionAt: offsetBy(object, this.condition),
      flagAt: offsetBy(object, this.flag),
    };
  }
}

/** Offsets of the fields of a record that have the server's error. */
export type ErrorFields = Offsets<"has_error" | "is_error_set" | "error">;

/** Returns the server's error for the request in the record at `handle`; undefined when the request succeeded. */
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
