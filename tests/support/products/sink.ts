import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

/** A request that came. */
export interface Received {
  readonly path: string;
  /** Its body, read as JSON. */
  readonly body: unknown;
  /** `performance.now()` when it came. */
  readonly at: number;
}

/** A receiver of webhooks on the loopback that takes everything and keeps it. */
export interface Sink {
  readonly url: string;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

export async function startSink(): Promise<Sink> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const at = performance.now();
    const body: unknown = JSON.parse((await text(request)) || "null");
    received.push({ path: request.url ?? "", body, at });
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the sink has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
