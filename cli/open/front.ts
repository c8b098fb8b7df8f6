import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { request } from "node:https";
import { monitoringName, monitoringUser } from "../../components/protection.ts";

/** What is asked on a person's behalf, and with what. */
export interface Behind {
  readonly host: string;
  /** Port of this host behind which the protected member answers. */
  readonly port: number;
  readonly certificate: string;
  readonly password: string;
}

export interface Front {
  /** Resolves when it is closed. */
  readonly closed: Promise<unknown>;
  close(): Promise<void>;
}

/** What the far end is not told: its own connection has others. */
const ownHeaders = ["host", "connection", "authorization"];

/**
 * Plain HTTP on a port of this host's loopback for a member that asks for TLS and a password: links of messages lead there,
 * and no browser has to trust the stack's certificate or keep its password. A page of another site, which the person's
 * browser may have open beside it, is refused: it could silence alerts.
 */
export async function startFront(localPort: number, behind: Behind): Promise<Front> {
  const own = [`localhost:${localPort}`, `127.0.0.1:${localPort}`];
  const server = createServer((asked, answer) => {
    if (isOurs(asked.headers, own)) forward(asked, answer, behind);
    else answer.writeHead(403).end("this way is for links to localhost alone\n");
  }).listen(localPort, "localhost");
  await once(server, "listening");
  const closed = once(server, "close");
  return {
    closed,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const isOurs = ({ host = "", origin }: IncomingHttpHeaders, own: readonly string[]): boolean =>
  own.includes(host) && (origin === undefined || own.some((each) => origin === `http://${each}`));

function forward(asked: IncomingMessage, answer: ServerResponse, { host, port, certificate, password }: Behind): void {
  const headers = Object.fromEntries(Object.entries(asked.headers).filter(([name]) => !ownHeaders.includes(name)));
  const far = request(
    {
      host,
      port,
      method: asked.method,
      path: asked.url,
      headers,
      auth: `${monitoringUser}:${password}`,
      ca: certificate,
      servername: monitoringName,
    },
    (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    },
  );
  far.on("error", (error) => {
    if (answer.headersSent) answer.destroy();
    else answer.writeHead(502).end(`the far end does not answer: ${error.message}\n`);
  });
  answer.on("close", () => far.destroy());
  asked.pipe(far);
}
