import { request } from "node:https";
import { connect } from "node:tls";
import { Redis } from "ioredis";
import pg from "pg";

/** What a client shows, and whom it trusts. */
export interface Shown {
  readonly ca: string;
  /** Certificate and key; none where it has none. */
  readonly pem?: string | undefined;
}

/** What a client hears: `in`, or why it was refused. */
export type Knock = (shown: Shown) => Promise<string>;

/** A server: where it listens, and the name in its certificate. */
export interface Door {
  readonly host: string;
  readonly port: number;
  readonly name: string;
}

export const tlsOf = ({ ca, pem }: Shown) => ({ ca, ...(pem === undefined ? {} : { cert: pem, key: pem }) });

const why = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error));

/** As Prometheus and the gateway come. */
export const overHttps =
  ({ host, port, name }: Door): Knock =>
  (shown) =>
    new Promise((resolve) => {
      const path = "/api/v1/health/live";
      request({ host, port, path, agent: false, servername: name, ...tlsOf(shown) }, (answer) =>
        resolve(answer.statusCode === 200 ? "in" : `${answer.statusCode}`),
      )
        .on("error", (error) => resolve(why(error)))
        .end();
    });

/** As the backend comes to PostgreSQL. */
export const overPostgres =
  ({ host, port, name }: Door, password: string): Knock =>
  async (shown) => {
    const ssl = { servername: name, ...tlsOf(shown) };
    const client = new pg.Client({ host, port, user: "trading", database: "trading", password, ssl });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.query("select 1");
      return "in";
    } catch (error) {
      return why(error);
    } finally {
      await client.end().catch(() => {});
    }
  };

/** As the backend comes to Redis. */
export const overRedis =
  ({ host, port, name }: Door, password: string): Knock =>
  async (shown) => {
    const redis = new Redis({
      ...{ host, port, password, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 },
      tls: { servername: name, ...tlsOf(shown) },
    });
    redis.on("error", () => {});
    try {
      await redis.connect();
      return (await redis.ping()) === "PONG" ? "in" : "?";
    } catch (error) {
      return why(error);
    } finally {
      redis.disconnect();
    }
  };

/** The serial number of what a server shows that speaks TLS from the first byte. */
export const serialOf = ({ host, port }: Door, shown: Shown): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, ...tlsOf(shown), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    }).on("error", reject);
  });

/** The same of PostgreSQL, which begins TLS when it is asked to. */
export async function databaseSerialOf({ host, port }: Door, password: string, shown: Shown): Promise<string> {
  let serial = "";
  const client = new pg.Client({
    ...{ host, port, user: "trading", database: "trading", password },
    ssl: {
      ...tlsOf(shown),
      checkServerIdentity: (_, { serialNumber }) => {
        serial = serialNumber;
        return undefined;
      },
    },
  });
  await client.connect();
  await client.end();
  return serial;
}
