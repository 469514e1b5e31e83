import http from "node:http";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * One request over a kept-alive connection. node:http instead of fetch: an echo of 64 MiB takes a third of the time,
 * so that benchmarks measure the server. Rejects when no complete answer arrives.
 * @param signal closes the connection
 */
export function exchange(
  agent: http.Agent,
  url: string,
  chunks: readonly Uint8Array[] | undefined = undefined,
  headers: Readonly<Record<string, string>> = {},
  signal: AbortSignal | undefined = undefined,
): Promise<HttpAnswer> {
  const length = chunks?.reduce((sum, chunk) => sum + chunk.length, 0);
  return new Promise((resolve, reject) => {
    const request = http.request(url, {
      agent,
      ...(signal === undefined ? {} : { signal }),
      method: chunks === undefined ? "GET" : "POST",
      headers: length === undefined ? headers : { ...headers, "Content-Length": length },
    });
    request.once("error", reject);
    request.once("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.once("error", reject);
      response.once("end", () => {
        const body = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    for (const chunk of chunks ?? []) if (chunk.length > 0) request.write(chunk);
    request.end();
  });
}
