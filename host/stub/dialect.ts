import { AutoCompleteCodec } from "../wire/auto-complete.js";
import { DictionaryCodec } from "../wire/dictionary.js";
import { ExecuteCodec } from "../wire/execute.js";
import { InitializeCodec } from "../wire/initialize.js";
import { IpcMessageCodec } from "../wire/ipc-message.js";
import { commandOf, type Layout } from "../wire/layout.js";
import { LogCodec } from "../wire/log.js";
import { StringCodec } from "../wire/strings.js";

/** All codecs and command numbers of one release. */
export class Dialect {
  readonly layout: Layout;
  readonly strings: StringCodec;
  readonly dictionary: DictionaryCodec;
  readonly message: IpcMessageCodec;
  readonly autoComplete: AutoCompleteCodec;
  readonly initialize: InitializeCodec;
  readonly execute: ExecuteCodec;
  readonly log: LogCodec;
  readonly commands: Readonly<{
    executeRequest: number;
    executeResponse: number;
    initializeRequest: number;
    initializeResponse: number;
    autoCompleteRequest: number;
    autoCompleteResponse: number;
    finalizeRequest: number;
    finalizeResponse: number;
    logRequest: number;
  }>;

  constructor(layout: Layout) {
    this.layout = layout;
    this.strings = new StringCodec(layout);
    this.dictionary = new DictionaryCodec(layout, this.strings);
    this.message = new IpcMessageCodec(layout);
    this.autoComplete = new AutoCompleteCodec(layout, this.strings);
    this.initialize = new InitializeCodec(layout, this.strings);
    this.execute = new ExecuteCodec(layout, this.strings);
    this.log = new LogCodec(layout, this.strings);
    this.commands = {
      executeRequest: commandOf(layout, "ExecuteRequest"),
      executeResponse: commandOf(layout, "ExecuteResponse"),
      initializeRequest: commandOf(layout, "InitializeRequest"),
      initializeResponse: commandOf(layout, "InitializeResponse"),
      autoCompleteRequest: commandOf(layout, "AutoCompleteRequest"),
      autoCompleteResponse: commandOf(layout, "AutoCompleteResponse"),
      finalizeRequest: commandOf(layout, "FinalizeRequest"),
      finalizeResponse: commandOf(layout, "FinalizeResponse"),
      logRequest: commandOf(layout, "LogRequest"),
    };
  }
}
