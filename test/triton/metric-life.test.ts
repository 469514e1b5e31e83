/** Metrics with labels over the life of guests, on one server of each era. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  floatConfig,
  instances,
  ModelRepository,
  parameter,
} from "../support/triton/repository.js";
import { TritonServer } from "../support/triton/server.js";
import { floats } from "../support/triton/tensors.js";
import { until } from "../support/wait.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../support/wasm/guests.js";

/** The name at 100, a label's name at 120, its value at 130; a table of one label at 200, a bucket at 400. */
/** @param name of five letters: a server has one family of a name, of one kind */
const dataOf = (
  name: string,
) => `(data (i32.const 100) "${name}") (data (i32.const 120) "stage") (data (i32.const 130) "one")
  (data (i32.const 200) "\\78\\00\\00\\00\\05\\00\\00\\00\\82\\00\\00\\00\\03\\00\\00\\00")
  (data (i32.const 400) "\\00\\00\\00\\00\\00\\00\\f0\\3f")`;
const create = (kind: number, buckets = 0) =>
  `(call $metric_create (i32.const ${kind}) (i32.const 100) (i32.const 5) (i32.const 16) (i32.const 17)
    (i32.const 200) (i32.const 1) (i32.const 400) (i32.const ${buckets}))`;
const ADD = `(drop (call $metric_add ${create(0)} (f64.const 1)))`;
const isFloats = (count: number) =>
  `(i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const ${4 * count}))`;
const copies = `${COPY_ALL} (i32.const 0)`;

/** Counts; then 2 floats trap and 3 never return. The status of a batch of 4 floats is the counter's value. */
const COUNTS = `${ADD}
  (if ${isFloats(2)} (then unreachable))
  (if ${isFloats(3)} (then (loop $for_ever (br $for_ever))))
  (if ${isFloats(4)} (then
    (drop (call $metric_value ${create(0)} (i32.const 600)))
    (return (i32.trunc_f64_s (f64.load (i32.const 600))))))
  ${copies}`;

/** Creates and deletes a gauge 100 times; 2 floats leave it. A deleted one of another size would be refused as a counter. */
const CHANGES = `(loop $again
    (drop (call $metric_set ${create(1)} (f64.const 5)))
    (if (i32.eqz ${isFloats(2)}) (then (drop (call $metric_delete ${create(1)}))))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $i) (i32.const 100))))
  (local.set $i (i32.const 0)) ${copies}`;

/** Observes 3,000 times; the status says how many were accepted. */
const FLOODS = `(local $accepted i32) (loop $again
    (local.set $accepted (i32.add (local.get $accepted) (i32.eqz (call $metric_observe ${create(2, 1)} (f64.const 2)))))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $i) (i32.const 3000))))
  (local.get $accepted)`;

const NAME_OF: Readonly<Record<string, string>> = {
  counts: "lives",
  changes: "moves",
  floods: "sizes",
};

const ones = (count: number) => [floats("INPUT0", Array(count).fill(1))];

describe.each(["23.12", "24.08", "24.10"])("on server %s", (release) => {
  const repository = new ModelRepository();
  let server: TritonServer;

  beforeAll(async () => {
    const add = (name: string, body: string, extra: string) =>
      repository.add(name, floatConfig("wasm", extra), {
        "model.wasm": guest(body, dataOf(NAME_OF[name]!)),
      });
    const limit = parameter("wasm_execute_deadline_ms", "300");
    add("counts", COUNTS, limit);
    add("changes", CHANGES, instances(1));
    add("floods", FLOODS, "");
    server = await TritonServer.start({
      release,
      modelRepository: repository.folder,
      loadModels: ["counts", "changes"],
      backends: [WASM_BACKEND],
    });
  });

  afterAll(async () => {
    await server?.stop();
    repository.remove();
  });

  const lines = async (model: string) =>
    (await server.http.metrics())
      .split("\n")
      .filter((line) => line.includes(`model="${model}"`) && line.startsWith(NAME_OF[model]!));

  test("a guest that trapped or was stopped leaves its metric, and the next one finds it", async () => {
    await server.http.infer("counts", ones(1));
    expect(await server.http.inferError("counts", ones(2))).toContain("trapped");
    expect(await server.http.inferError("counts", ones(3))).toContain("wasm_execute_deadline_ms");
    // What a stopped guest has counted in its last batch is lost, as for metric_new.
    expect(await server.http.inferError("counts", ones(4))).toContain("failed with status 3");
    await until(
      "3",
      async () => (await lines("counts"))[0] === 'lives{model="counts",stage="one",version="1"} 3',
    );
    await server.http.unload("counts");
    await until("no metric", async () => (await lines("counts")).length === 0);
  });

  test("a metric that was deleted is gone, comes again, and leaves nothing in the region", async () => {
    for (let round = 0; round < 5; round++) await server.http.infer("changes", ones(1));
    expect(await lines("changes")).toEqual([]);
    await server.http.infer("changes", ones(2));
    expect(await lines("changes")).toEqual(['moves{model="changes",stage="one",version="1"} 5']);
    await server.http.infer("changes", ones(1));
    expect(await lines("changes")).toEqual([]);
  });

  test("an instance creates 4,096 metrics in its life, and is refused more", async () => {
    for (let round = 0; round < 40; round++) await server.http.infer("changes", ones(1));
    await server.waitForLog(/a model instance may create at most 4096 metrics in its life/);
    await server.http.infer("changes", ones(1));
  });

  test("a batch has 1,000 observations, or none before 24.08", async () => {
    await server.http.load("floods");
    if (release < "24.08") {
      await server.http.infer("floods", ones(1));
      await server.waitForLog(
        /metric 'sizes' was refused: this release of Triton has no histograms/,
      );
    } else {
      expect(await server.http.inferError("floods", ones(1))).toContain("failed with status 1000");
      await until("1000", async () =>
        (await lines("floods")).includes(
          'sizes_count{model="floods",stage="one",version="1"} 1000',
        ),
      );
    }
  });
});
