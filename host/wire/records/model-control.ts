import type { Handle } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import type { DictionaryCodec } from "../dictionary.js";
import { ExchangeFields, readExchangeError } from "../exchange.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { StringCodec } from "../strings.js";
import type { WireWriter } from "../writer.js";

/** A request about a model of the server. */
export interface ModelControl {
  readonly name: string;
  /** A number as text; empty: any version. */
  readonly version: string;
  /** A configuration as JSON, which replaces that of the repository; empty: none. */
  readonly config: string;
  /** Files that replace those of the repository, by `file:<path>`. */
  readonly files: ReadonlyMap<string, string>;
  /** Whether the models of an ensemble are unloaded with it. */
  readonly unloadDependents: boolean;
}

/** `ModelLoaderMessage` and its `ModelLoaderRequestShm`: loads and unloads models, and asks whether one is ready (docs/internals/protocol.md 4.6). */
export class ModelControlCodec {
  readonly fields: ExchangeFields;
  private readonly at;
  private readonly request;
  private readonly strings: StringCodec;
  private readonly dictionary: DictionaryCodec;

  constructor(layout: Layout, strings: StringCodec, dictionary: DictionaryCodec) {
    const struct = "ModelLoaderMessage";
    this.strings = strings;
    this.dictionary = dictionary;
    this.fields = new ExchangeFields(layout, struct);
    this.at = offsetsOf(
      layout,
      struct,
      "message",
      "has_error",
      "is_error_set",
      "error",
      "is_model_ready",
    );
    this.request = offsetsOf(
      layout,
      "ModelLoaderRequestShm",
      "name_shm_handle",
      "version_shm_handle",
      "config_shm_handle",
      "files_shm_handle",
      "unload_dependents",
    );
  }

  /** @param handle from a message */
  decode(reader: WireReader, handle: number): ModelControl {
    const { strings, request } = this;
    const message = reader.objectOf(handle, this.at.bytes, "a message about a model");
    const object = reader.object(
      message,
      this.at.message,
      request.bytes,
      "a request about a model",
    );
    const files = reader.handle(object, request.files_shm_handle);
    return {
      name: strings.read(reader, object, request.name_shm_handle),
      version: strings.read(reader, object, request.version_shm_handle),
      config: strings.read(reader, object, request.config_shm_handle),
      files: this.dictionary.read(reader, files),
      unloadDependents: reader.flag(object, request.unload_dependents),
    };
  }

  /** @returns the record's handle */
  encodeLocked(writer: WireWriter, control: ModelControl): Handle {
    const { strings, request } = this;
    const name = strings.writeLocked(writer, control.name);
    const version = strings.writeLocked(writer, control.version);
    const config = strings.writeLocked(writer, control.config);
    const files = this.dictionary.writeLocked(writer, control.files);
    const block = writer.constructZeroedLocked(request.bytes);
    const object = objectAt(block);
    writer.handle(object, request.name_shm_handle, name);
    writer.handle(object, request.version_shm_handle, version);
    writer.handle(object, request.config_shm_handle, config);
    writer.handle(object, request.files_shm_handle, files);
    writer.flag(object, request.unload_dependents, control.unloadDependents);
    const handle = writer.constructZeroedLocked(this.at.bytes);
    writer.handle(objectAt(handle), this.at.message, block);
    return handle;
  }

  /** The server's error for the request; undefined when it succeeded. */
  readError(reader: WireReader, handle: Handle): string | undefined {
    return readExchangeError(reader, this.strings, handle, this.at);
  }

  /** Whether the model is ready, after a request for that. */
  readReady(reader: WireReader, handle: Handle): boolean {
    return reader.flag(objectAt(handle), this.at.is_model_ready);
  }
}
