import { GuestInstance } from "../../host/guest/instance.js";
import { RANDOM_PIECE_MAX_BYTES } from "../../host/limits.js";
import { compileGuest } from "./assemble.js";
import { CountingGate, TableServices } from "./table-services.js";

const PAGE = 65_536;

/** Notes the pieces in which it is asked for, and fills them with ones. */
class Ones extends TableServices {
  readonly pieces: number[] = [];

  override fillRandom(bytes: Uint8Array): void {
    this.pieces.push(bytes.length);
    bytes.fill(1);
  }
}

/** Stands for a thread that is ended as it comes into the guest for the n-th time. */
class ClosingGate extends CountingGate {
  constructor(private readonly last: number) {
    super();
  }

  override enterGuest(): void {
    super.enterGuest();
    if (this.passages === this.last) throw new Error("ended");
  }
}

/** Runs the body in a guest of 8 pages. */
function execute(body: string, gate = new CountingGate()) {
  const services = new Ones();
  const grown = "(drop (memory.grow (i32.const 7)))";
  const more = `(func $byte (param i32) (result i32) (i32.load8_u (local.get 0)))`;
  const guest = new GuestInstance(compileGuest(`${grown} ${body}`, more), services, gate);
  try {
    return { services, gate, status: guest.call("triton_execute"), error: undefined };
  } catch (error) {
    return { services, gate, status: undefined, error };
  }
}

describe.each(["random", "random_get"])("finding 27: %s", (name) => {
  const call = (target: number, length: number) =>
    `(call $${name} (i32.const ${target}) (i32.const ${length}))`;

  test("fills any length that fits the memory, and nothing beside it", () => {
    const [from, length] = [1_000, 5 * PAGE + 17];
    const edges = [from - 1, from, from + length - 1, from + length]
      .map((at, place) => `(i32.shl (call $byte (i32.const ${at})) (i32.const ${place}))`)
      .reduce((sum, edge) => `(i32.or ${sum} ${edge})`);
    const { status, services } = execute(`(drop ${call(from, length)}) ${edges}`);
    expect(status).toBe(0b0110);
    expect(services.pieces.reduce((sum, piece) => sum + piece)).toBe(length);
    expect(execute(call(from, length)).status).toBe(0);
    expect(execute(call(0, 8 * PAGE)).status).toBe(0);
    expect(execute(call(8 * PAGE, 0)).services.pieces).toEqual([]);
  });

  test("passes the gate between its pieces, so that a deadline stops it there", () => {
    const open = execute(call(0, 8 * PAGE));
    const most = Math.max(...open.services.pieces);
    expect(most).toBeLessThanOrEqual(RANDOM_PIECE_MAX_BYTES);
    // Into the start section, into the export and back from the function, which has nothing more to do.
    expect(open.gate.passages).toBe(3 + open.services.pieces.length - 1);
    // The first piece comes before any gate, the second behind one.
    const closed = execute(call(0, 8 * PAGE), new ClosingGate(4));
    expect(closed.error).toEqual(new Error("ended"));
    expect(closed.services.pieces).toHaveLength(2);
  });

  test.each([
    [8 * PAGE - 6, 7],
    [0, 8 * PAGE + 1],
    [1, -1],
    [-1, 1],
  ])(
    "of a range that leaves the memory (%d, %d) ends the call before it writes anything",
    (target, length) => {
      const { error, services } = execute(call(target, length));
      expect(error).toEqual(
        expect.objectContaining({
          code: "ERR_GUEST_POINTER",
          message: expect.stringMatching(/a buffer for random bytes at .*, beyond its memory of/),
        }),
      );
      expect(services.pieces).toEqual([]);
    },
  );
});
