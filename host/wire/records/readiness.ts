import { type Handle, offsetBy, type RegionOffset } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { StringCodec } from "../strings.js";
import type { WireWriter } from "../writer.js";

/** What the stub answers when the server asks whether the model is ready. */
export interface Readiness {
  readonly isReady: boolean;
  /** Whether the model has a function that was asked. */
  readonly functionExists: boolean;
  /** Why the function has failed; undefined when it has not. */
  readonly error: string | undefined;
}

/** `UserModelReadinessMessage`, from 26.03 on (docs/internals/protocol.md 5.8). The server makes it, and the stub fills it in. */
export class ReadinessCodec {
  private readonly at;
  private readonly strings: StringCodec;

  /** @param layout of a release that has the message */
  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    this.at = offsetsOf(
      layout,
      "UserModelReadinessMessage",
      "waiting_on_stub",
      "is_ready",
      "function_exists",
      "has_error",
      "is_error_set",
      "error",
    );
  }

  /**
   * Offset of the flag that the stub sets when it is done, and that the server then resets.
   * @param handle from a message
   * @throws StubError when it is not a record
   */
  flagOf(reader: WireReader, handle: number): RegionOffset {
    const object = reader.objectOf(handle, this.at.bytes, "a question after the readiness");
    return offsetBy(object, this.at.waiting_on_stub);
  }

  /** Reads an answer. @param handle of a checked record */
  decode(reader: WireReader, handle: Handle): Readiness {
    const object = objectAt(handle);
    const { at } = this;
    const hasError = reader.flag(object, at.has_error) && reader.flag(object, at.is_error_set);
    return {
      isReady: reader.flag(object, at.is_ready),
      functionExists: reader.flag(object, at.function_exists),
      error: hasError ? this.strings.read(reader, object, at.error) : undefined,
    };
  }

  /** Writes an answer into the server's record. An error gets a block. @param handle of a checked record */
  fillLocked(writer: WireWriter, handle: Handle, readiness: Readiness): void {
    const object = objectAt(handle);
    const { at } = this;
    const hasError = readiness.error !== undefined;
    if (hasError)
      writer.handle(object, at.error, this.strings.writeLocked(writer, readiness.error));
    writer.flag(object, at.is_ready, readiness.isReady);
    writer.flag(object, at.function_exists, readiness.functionExists);
    writer.flag(object, at.has_error, hasError);
    writer.flag(object, at.is_error_set, hasError);
  }
}
