import { randomFillSync } from "node:crypto";
import type { TritonServer } from "./harness.js";

/**
 * Checks that the model returns random bytes unchanged. NVIDIA's stubs up to 24.10 silently see empty tensors under numpy 2, and an empty
 * tensor is fast to serve.
 * @throws Error
 */
export async function checkBytes(
  server: TritonServer,
  model: string,
  bytes: number,
): Promise<void> {
  const sent = randomFillSync(new Uint8Array(bytes));
  const shape = [bytes / Float32Array.BYTES_PER_ELEMENT];
  const answer = await server.http.infer(model, [
    { name: "INPUT0", datatype: "FP32", shape, bytes: sent },
  ]);
  const [output] = answer.outputs;
  if (output === undefined || Buffer.compare(output.bytes, sent) !== 0) {
    throw new Error(
      `${model} received ${bytes} bytes and did not return them (it returned ${output?.bytes.length ?? "no"} bytes), ` +
        "so its throughput was not measured",
    );
  }
}
