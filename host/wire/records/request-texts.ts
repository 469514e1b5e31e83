import { type ObjectOffset, objectWithin, offsetBy, type RegionOffset } from "../../numbers.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { StringCodec } from "../strings.js";
import type { WireWriter } from "../writer.js";

/** The texts of a request. */
export interface RequestTexts {
  readonly modelName: string;
  readonly id: string;
  /** JSON object text. */
  readonly parameters: string;
}

const encoder = new TextEncoder();

/**
 * The texts of a request. Up to 24.03 they follow its list of handles as embedded strings: model name, id, parameters. From 24.04 on the
 * request has handles of stand-alone strings.
 */
export class RequestTextsCodec {
  /** Undefined up to 24.03. */
  private readonly handles;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    if (layout.structs.CorrelationIdShm === undefined) return;
    this.handles = offsetsOf(
      layout,
      "InferRequestShm",
      "model_name_shm_handle",
      "request_id_shm_handle",
      "parameters_shm_handle",
    );
  }

  /** @param tail end of the request's list of handles */
  read(reader: WireReader, request: ObjectOffset, tail: RegionOffset): RequestTexts {
    const { handles, strings } = this;
    if (handles !== undefined) {
      return {
        modelName: strings.read(reader, request, handles.model_name_shm_handle),
        id: strings.read(reader, request, handles.request_id_shm_handle),
        parameters: strings.read(reader, request, handles.parameters_shm_handle),
      };
    }
    const name = this.embedded(reader, tail);
    const id = this.embedded(reader, name.end);
    const parameters = this.embedded(reader, id.end);
    return { modelName: name.text, id: id.text, parameters: parameters.text };
  }

  private embedded(reader: WireReader, at: RegionOffset): { text: string; end: RegionOffset } {
    const length = this.strings.lengthAt(reader, objectWithin(at, 0));
    const characters = offsetBy(at, this.strings.headBytes);
    return { text: reader.text(characters, length), end: offsetBy(characters, length) };
  }

  /** The texts that follow the list of handles in the block of a request, in UTF-8. */
  tailOf({ modelName, id, parameters }: RequestTexts): readonly Uint8Array[] {
    if (this.handles !== undefined) return [];
    return [modelName, id, parameters].map((text) => encoder.encode(text));
  }

  /** Size of such a tail in bytes. */
  tailBytes(tail: readonly Uint8Array[]): number {
    return tail.reduce((sum, { length }) => sum + this.strings.headBytes + length, 0);
  }

  /**
   * @param tail of {@link tailOf}
   * @param at offset at which the tail begins
   */
  writeLocked(
    writer: WireWriter,
    request: ObjectOffset,
    texts: RequestTexts,
    tail: readonly Uint8Array[],
    at: RegionOffset,
  ): void {
    let end = objectWithin(at, 0);
    for (const text of tail) end = this.strings.writeEmbedded(writer, end, text);
    const { handles, strings } = this;
    if (handles === undefined) return;
    const put = (field: number, text: string) =>
      writer.handle(request, field, strings.writeLocked(writer, text));
    put(handles.model_name_shm_handle, texts.modelName);
    put(handles.request_id_shm_handle, texts.id);
    put(handles.parameters_shm_handle, texts.parameters);
  }
}
