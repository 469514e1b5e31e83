import { GuestInstance } from "../../host/guest/instance.js";
import { RANDOM_PIECE_MAX_BYTES } from "../../host/limits.js";
import { compileGuest } from "../support/wasm/assemble.js";
import { TableServices } from "../support/wasm/table-services.js";

const PAGE = 65_536;

/** Records the requested pieces, and fills them with ones. */
class Ones extends TableServices {
  readonly pieces: number[] = [];

  override fillRandom(bytes: Uint8Array): void {
    this.pieces.push(bytes.length);
    bytes.fill(1);
  }
}

/** Runs the body in a guest of 8 pages. */
function execute(body: string) {
  const services = new Ones();
  const grown = "(drop (memory.grow (i32.const 7)))";
  const more = `(func $byte (param i32) (result i32) (i32.load8_u (local.get 0)))`;
  const guest = new GuestInstance(compileGuest(`${grown} ${body}`, more), services);
  try {
    return { services, status: guest.call("triton_execute"), error: undefined };
  } catch (error) {
    return { services, status: undefined, error };
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

  test("fills no piece above its limit", () => {
    const { services } = execute(call(0, 8 * PAGE));
    expect(Math.max(...services.pieces)).toBeLessThanOrEqual(RANDOM_PIECE_MAX_BYTES);
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
