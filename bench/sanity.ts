import { randomFillSync } from "node:crypto";
import type { TritonServer } from "./harness.js";

/**
 * Sends random bytes through the model and demands the same bytes back. NVIDIA's stubs up to 24.10 silently see empty
 * tensors under numpy 2, and an empty tensor is quick to serve. @throws Error
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
      `${model} did not return the ${bytes} bytes that it got (but ${output?.bytes.length ?? "nothing"}): ` +
        "its speed means nothing.",
    );
  }
}
