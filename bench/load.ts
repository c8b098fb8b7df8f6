import autocannon from "autocannon";

/** What clients saw who asked as fast as they were answered. */
export interface Load {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p99: number;
}

interface Asked {
  readonly url: string;
  readonly token: string;
  readonly clients: number;
  readonly seconds: number;
  /** Sends this instead of asking; each time with a key of its own. */
  readonly body?: object;
}

/**
 * A client's connection is a new one after so many requests. nginx closes one after 1,000 (keepalive_requests) and says
 * so before; autocannon does not listen, and would now and then write into a connection that is closed.
 */
const requestsPerConnection = 500;

/** Throws where anything but a good answer comes. */
export async function load({ url, token, clients, seconds, body }: Asked): Promise<Load> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const run = `${process.pid}-${performance.now()}`;
  let count = 0;
  const posting = body !== undefined && {
    method: "POST" as const,
    body: JSON.stringify(body),
    setupClient: (client: autocannon.Client) => {
      const next = () => client.setHeaders({ ...headers, "idempotency-key": `${run}-${++count}` });
      next();
      client.on("response", next);
    },
  };
  const asking = { url, connections: clients, duration: seconds, reconnectRate: requestsPerConnection };
  const result = await autocannon({ ...asking, headers, ...posting });
  const failed = result.errors + result.non2xx;
  if (failed > 0) {
    const { errors, timeouts, statusCodeStats } = result;
    const why = JSON.stringify({ errors, timeouts, statuses: statusCodeStats });
    throw new Error(`${failed} of ${result.requests.total} requests to ${url} failed: ${why}`);
  }
  return { perSecond: result.requests.average, p99: result.latency.p99 };
}
