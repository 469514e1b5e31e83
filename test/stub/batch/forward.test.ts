import { expect, test } from "@jest/globals";
import { INPUTS, Server } from "../../support/region/batch-server.js";
import type { TensorFacts } from "../../support/region/server-side.js";

/** One release of each execute era, and the newest one. */
const RELEASES = ["23.12", "24.08", "24.10", "26.03"];
const [IN, TEXTS] = INPUTS[0]!;

function outputOf(name: string, { datatype, shape, data }: TensorFacts) {
  return { name, datatype, shape, data: Buffer.from(data).toString("hex") };
}

test.each(RELEASES)(
  "of %s: an output that is a copy of an input refers to the input's bytes, and allocates no copy",
  (release) => {
    const server = new Server(release);
    server.begin(1024);
    const { batch } = server;
    const copies = [
      [0, 0],
      // The same input again, and one whose data is in a block of its own.
      [1, 0],
      [2, 1],
    ] as const;
    for (const [output, input] of copies) {
      server.remember();
      expect(batch.copyInputToOutput(0, output, input)).toBe(true);
      server.requireOneMore(true);
    }
    const { outputs } = server.answer()[0]!;
    expect(outputs.map((output) => outputOf(output.name, output))).toEqual([
      outputOf("OUT0", IN!),
      outputOf("OUT1", IN!),
      outputOf("OUT2", TEXTS!),
    ]);
    server.end();
  },
);

test.each(RELEASES)(
  "of %s: a guest finds, names and reads an input after it was copied to an output as before",
  (release) => {
    const server = new Server(release);
    server.begin(1024);
    const { batch } = server;
    const name = Buffer.from("IN");
    server.remember();
    batch.copyInputToOutput(0, 0, 0);
    server.requireOneMore(true);
    expect(batch.findInput(0, name, 0, name.length)).toBe(0);
    const target = Buffer.alloc(8, ".");
    expect(batch.inputName(0, 0, target, 1, 7)).toBe(2);
    expect(target.toString()).toBe(".IN.....");
    expect(batch.inputName(0, 0, target, 1, 1)).toBe(2);
    const data = Buffer.alloc(IN!.data.length);
    expect(batch.readInput(0, 0, 0, data, 0, data.length)).toBe(data.length);
    expect(data).toEqual(Buffer.from(IN!.data));
    expect(batch.inputByteSize(0, 0)).toBe(data.length);
    expect(batch.inputDatatype(0, 0)).toBe(IN!.datatype);
    server.end();
  },
);

test.each(RELEASES)(
  "of %s: a batch in which a guest was stopped after a copy still can be answered request by request",
  (release) => {
    const server = new Server(release);
    server.begin(1024);
    const { batch } = server;
    const addresses = batch.allAddresses();
    server.remember();
    batch.copyInputToOutput(0, 0, 0);
    server.requireOneMore(true);
    batch.end();
    // The next executor does this.
    server.beginAbandoned();
    expect(batch.allAddresses()).toEqual(addresses);
    server.end();
  },
);

test("the outputs of a batch may be as large as its inputs, even above the model's limit, and no larger", () => {
  const server = new Server("23.12");
  server.begin(0);
  const { batch } = server;
  // The inputs have 24, 7 and 0 bytes. An element of 1 byte counts as 4.
  expect(batch.createOutput(0, 0, 11, [6], 24)).toBe(true);
  expect(batch.createOutput(1, 0, 2, [1], 1)).toBe(true);
  expect(batch.createOutput(0, 1, 2, [1], 1)).toBe(false);
  batch.finishOutputs();
  const { error } = server.answer()[0]!;
  expect(error?.message).toMatch(
    /output 'OUT1' of request 0 with 1 bytes is too large: the outputs of the batch would count 32 bytes, more than the 31 of wasm_output_max_bytes or of the inputs, whichever is larger \(an element counts at least 4\)/,
  );
});
