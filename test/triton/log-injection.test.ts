import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { floatConfig, ModelRepository, parameter } from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats } from "../support/triton/tensors.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** Text format's escapes of a line that looks like the server's own, and of a terminal's command. */
const FORGED = "5\\nE1129 23:59:59.000000 1 server.cc:1] forged \\033[31mred";

const repository = new ModelRepository();

beforeAll(() => {
  const copies = { "model.wasm": guest(`${COPY_ALL} (i32.const 0)`) };
  const add = (name: string, extra: string) =>
    repository.add(name, floatConfig("wasm", extra), copies);
  add("value", parameter("wasm_execute_deadline_ms", FORGED));
  add("name", parameter(`wasm_${FORGED}`, "1"));
  add("variable", parameter(`wasm_env.A=${FORGED}`, "1"));
  const says = (call: string) => ({
    "model.wasm": guest(
      `${call} (unreachable)`,
      '(data (i32.const 100) "said\\0aE1129 23:59:59.000000 1 server.cc:1] forged \\1b[31mred")',
    ),
  });
  repository.add(
    "fails",
    floatConfig("wasm"),
    says("(drop (call $fail (i32.const 100) (i32.const 60)))"),
  );
  repository.add(
    "logs",
    floatConfig("wasm"),
    says("(drop (call $log (i32.const 1) (i32.const 100) (i32.const 60)))"),
  );
});
afterAll(() => repository.remove());

describe.each(["23.12", "24.10"])("finding 10, on %s", (release) => {
  let server: TritonServer;

  beforeAll(async () => {
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      backends: [WASM_BACKEND],
    });
  }, 60_000);

  afterAll(async () => {
    await server.stop();
  });

  /** Lines of the log that begin as the forged one does. The server prints configurations itself only when it is verbose. */
  const forgedLines = () =>
    server
      .log()
      .split("\n")
      .filter((line) => line.startsWith("E1129 23:59:59.000000"));

  test.each(["value", "name", "variable"])(
    "a configuration with control characters in its '%s' is refused in one line",
    async (model) => {
      expect(await server.http.loadError(model)).toContain("forged");
      expect(forgedLines()).toEqual([]);
    },
  );

  test.each(["fails", "logs"])("a guest that '%s' forges no line", async (model) => {
    await server.http.load(model);
    const error = await server.http.inferError(model, [floats("INPUT0", [1])]);
    expect(error).toContain("trapped");
    await server.waitForLog(/said E1129 23:59:59.000000 1 server.cc:1\] forged {2}\[31mred/);
    expect(forgedLines()).toEqual([]);
    expect(server.log()).not.toContain("\u001b");
  });
});
