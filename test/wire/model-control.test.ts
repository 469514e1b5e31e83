import { afterEach, expect, test } from "@jest/globals";
import { Dialect } from "../../host/wire/dialect.js";
import { WireReader } from "../../host/wire/reader.js";
import { callIndex, type Fixture, readRegion } from "../fixtures/fixture.js";
import { closeRegions, ParentRegion } from "../support/region/parent-region.js";

afterEach(closeRegions);

const COMMANDS: Readonly<Record<string, "loadModel" | "unloadModel" | "modelReadiness">> = {
  LoadModelRequest: "loadModel",
  UnloadModelRequest: "unloadModel",
  ModelReadinessRequest: "modelReadiness",
};
const all = callIndex().fixtures.filter(({ command }) => command in COMMANDS);
const places = (fixtures: readonly Fixture[]) =>
  fixtures.map((fixture) => [`${fixture.release} ${fixture.moment}`, fixture] as const);
const isAnswer = ({ moment }: Fixture) => moment.endsWith("-answer");

function open(fixture: Fixture) {
  const bytes = readRegion(fixture);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const reader = new WireReader({ bytes, view, mappedBytes: bytes.length });
  const dialect = new Dialect(fixture.release);
  return { dialect, reader, message: dialect.message.decode(reader, fixture.message) };
}

function sameConfig(text: string, expected: unknown): void {
  if (expected === "" || expected === undefined) expect(text).toBe("");
  else expect(JSON.parse(text)).toEqual(expected);
}

test.each(places(all.filter((fixture) => !isAnswer(fixture))))(
  "%s: a request about a model is decoded, and ours with the same content too",
  (_place, fixture) => {
    const { dialect, reader, message } = open(fixture);
    expect(message.command).toBe(dialect.commands[COMMANDS[fixture.command]!]);
    const control = dialect.modelControl.decode(reader, message.args);
    const { name, version, config, files, unloadDependents } = fixture.expected;
    expect(control).toMatchObject({ name, version });
    sameConfig(control.config, config);
    expect([...control.files.keys()]).toEqual(Object.keys(files));
    for (const [path, content] of control.files) {
      expect(Buffer.from(content).toString("base64")).toBe(files[path]);
    }
    if (unloadDependents !== undefined) expect(control.unloadDependents).toBe(unloadDependents);
    const parent = new ParentRegion({ release: fixture.release }).soil();
    const ours = parent.heap.locked(() =>
      dialect.modelControl.encodeLocked(parent.writer, control),
    );
    expect(dialect.modelControl.decode(parent.reader, ours)).toEqual(control);
    expect(dialect.modelControl.readError(parent.reader, ours)).toBeUndefined();
  },
);

test.each(places(all.filter(isAnswer)))("%s: the server's answer is read", (_place, fixture) => {
  const { dialect, reader, message } = open(fixture);
  const { hasError, error, isReady } = fixture.expected;
  const args = message.args as never;
  expect(dialect.modelControl.readError(reader, args)).toBe(hasError ? error : undefined);
  if (isReady !== undefined) expect(dialect.modelControl.readReady(reader, args)).toBe(isReady);
});
