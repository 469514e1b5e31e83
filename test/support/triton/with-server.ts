import { expect } from "@jest/globals";
import { TritonServer, type TritonServerOptions } from "./server.js";

/** Runs `use` with a server, which must be alive at the end of it, end in order, and leave no region and no stub. */
export async function withServer(
  options: TritonServerOptions,
  use: (server: TritonServer) => Promise<void>,
): Promise<void> {
  const server = await TritonServer.start(options);
  try {
    await use(server);
    expect(await server.http.live()).toBe(true);
    expect(await server.stop()).toMatchObject({ code: 0, leftRegions: [], leftStubs: [] });
  } finally {
    await server.dispose();
  }
}
