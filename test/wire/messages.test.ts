import type { Handle } from "../../host/numbers.js";
import { queueLayout, readControl } from "../../host/wire/control.js";
import { Dialect } from "../../host/wire/dialect.js";
import { LAYOUTS } from "../../host/wire/layouts/index.js";
import { instanceArguments } from "../../host/wire/records/initialize.js";
import { closeRegions, ParentRegion } from "../support/region/parent-region.js";
import { ResponseReader } from "../support/region/response-reader.js";
import { ServerSide } from "../support/region/server-side.js";

/** Offset of `stub_has_user_model_readiness_fn`, in the padding of earlier releases. */
const READINESS_FLAG = 4;

afterEach(closeRegions);

describe.each(LAYOUTS.map(({ releases }) => releases[0]!))("release %s", (release) => {
  function open() {
    const parent = new ParentRegion({ release }).soil();
    const dialect = new Dialect(release);
    const locked = (action: () => Handle): Handle => {
      parent.heap.lock();
      try {
        return action();
      } finally {
        parent.heap.unlock();
      }
    };
    const answer = new ResponseReader(parent.region, release);
    return { parent, dialect, locked, answer, server: new ServerSide(parent) };
  }

  test("the control block names the queues", () => {
    const { parent } = open();
    const control = readControl(parent.reader, parent.layout, parent.controlHandle);
    // Offsets of facts/layouts.json, the same in every release.
    const object = parent.controlHandle + 16;
    expect(control).toEqual({
      decoupled: false,
      stubMessageQueue: parent.queueHandle("stub_message_queue"),
      parentMessageQueue: parent.queueHandle("parent_message_queue"),
      stubToParentQueue: parent.queueHandle("stub_to_parent_mq"),
      parentToStubQueue: parent.queueHandle("parent_to_stub_mq"),
      readinessFlagAt: release < "26.03" ? undefined : object + READINESS_FLAG,
    });
    parent.region.view.setUint8(object + 3, 1);
    expect(readControl(parent.reader, parent.layout, parent.controlHandle).decoupled).toBe(true);
    expect(queueLayout(parent.layout)).toMatchObject({
      size: 104,
      buffer: 112,
      head: 120,
      tail: 124,
    });
  });

  test("a command and its record are read from the server's message", () => {
    const { parent, dialect, server } = open();
    const message = server.message("ExecuteRequest", 4096);
    const decoded = dialect.message.decode(parent.reader, message);
    expect([decoded.command, decoded.args]).toEqual([dialect.commands.executeRequest, 4096]);
  });

  test("a message whose record was never set can be decoded, since its handle is not checked", () => {
    const { parent, dialect, server } = open();
    const message = server.message("FinalizeRequest", 0);
    parent.region.view.setBigUint64(message + 16 + 8, 2n ** 64n - 1n, true);
    const { command, args } = dialect.message.decode(parent.reader, message);
    expect(command).toBe(parent.layout.commands.FinalizeRequest);
    expect(() => parent.reader.objectOf(args, 1, "its record")).toThrow(
      expect.objectContaining({ name: "StubError" }),
    );
  });

  test("the message of an answer has command and record, and expects no answer", () => {
    const { parent, dialect, locked, answer } = open();
    const handle = locked(() =>
      dialect.message.encodeLocked(parent.writer, 5, 0xffff_0000 as Handle),
    );
    const at = answer.objectAt(handle);
    expect([answer.u32(at), answer.handle(at + 8), answer.flag(at + 16)]).toEqual([
      5,
      0xffff_0000,
      false,
    ]);
    dialect.message.setCommand(parent.writer, handle, 6);
    dialect.message.setArgs(parent.writer, handle, 336 as Handle);
    expect([answer.u32(at), answer.handle(at + 8)]).toEqual([6, 336]);
  });

  test("the map of an InitializeRequest becomes the arguments of the instance", () => {
    const { parent, dialect, server } = open();
    const map = dialect.dictionary.read(
      parent.reader,
      server.map([
        ["model_version", "3"],
        ["model_config", '{"name":"mödel"}'],
        ["model_name", "mödel"],
        ["model_instance_kind", "CPU"],
        ["model_instance_name", "mödel_0_0"],
        ["model_instance_device_id", "0"],
        ["model_repository", "/models/mödel"],
        ["something new", ""],
      ]),
    );
    expect(map.size).toBe(8);
    expect(instanceArguments(map)).toEqual({
      modelConfig: '{"name":"mödel"}',
      kind: "CPU",
      instanceName: "mödel_0_0",
      deviceId: "0",
      modelDirectory: "/models/mödel",
      version: "3",
      modelName: "mödel",
    });
  });

  test("a map may be empty, and must not have a key twice", () => {
    const { parent, dialect, server } = open();
    expect(dialect.dictionary.read(parent.reader, server.map([])).size).toBe(0);
    const twice = server.map([
      ["a", "1"],
      ["a", "2"],
    ]);
    expect(() => dialect.dictionary.read(parent.reader, twice)).toThrow(
      expect.objectContaining({
        code: "ERR_MESSAGE_INVALID",
        message: expect.stringContaining("the key 'a' twice"),
      }),
    );
  });

  test("an InitializeResponse has no error, or the whole sentence", () => {
    const { parent, dialect, locked, answer } = open();
    const good = locked(() => dialect.initialize.encodeLocked(parent.writer, undefined));
    expect(answer.failure(good)).toBeUndefined();
    const bad = locked(() => dialect.initialize.encodeLocked(parent.writer, "nö: \n second line"));
    expect(answer.failure(bad)).toBe("nö: \n second line");
  });

  test("an AutoCompleteResponse has the configuration, and no error", () => {
    const { parent, dialect, locked, answer } = open();
    const config = JSON.stringify({ name: "ü".repeat(5_000) });
    const handle = locked(() => dialect.autoComplete.encodeLocked(parent.writer, config));
    const at = answer.objectAt(handle);
    expect(answer.failure(handle)).toBeUndefined();
    expect(answer.flag(at + 16)).toBe(true);
    expect(answer.string(answer.handle(at + 24))).toBe(config);
  });

  test("a log message has level, file, line and text, and its flag is not set", () => {
    const { parent, dialect, locked, answer } = open();
    const handle = locked(() =>
      dialect.log.encodeLocked(parent.writer, {
        level: 2,
        file: "model_0_0",
        line: -1,
        message: "Grüße",
      }),
    );
    const at = answer.objectAt(handle);
    expect(answer.flag(at + 88)).toBe(false);
    expect(answer.string(answer.handle(at + 96))).toBe("model_0_0");
    expect(parent.region.view.getInt32(at + 104, true)).toBe(-1);
    expect(answer.string(answer.handle(at + 112))).toBe("Grüße");
    expect(answer.u32(at + 120)).toBe(2);
  });

  test("the server reads an empty text and a long one", () => {
    const { parent, dialect, locked, answer } = open();
    for (const text of ["", "a", "ä".repeat(100_000)]) {
      expect(answer.string(locked(() => dialect.strings.writeLocked(parent.writer, text)))).toBe(
        text,
      );
    }
  });
});
