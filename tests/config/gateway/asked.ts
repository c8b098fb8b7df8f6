import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type Server } from "node:http";
import { request as secureRequest } from "node:https";
import { text } from "node:stream/consumers";
import { at, number } from "../../support/json.ts";

/** What a server said. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  /** Several values are as many lines. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
  /** Where the request comes from. */
  readonly from?: string;
  /** A certificate that is trusted; default: whatever the server shows. */
  readonly ca?: string;
  /** The server's name, which its certificate must have. Default: localhost. */
  readonly name?: string;
}

/** Asks on a connection of its own; follows nothing, unpacks nothing. */
export async function asked(url: string, asking: Asked = {}): Promise<Answered> {
  const { method = "GET", headers, body, from, ca, name = "localhost" } = asking;
  const options = {
    method,
    agent: false,
    ...(headers && { headers: { ...headers } }),
    ...(from && { localAddress: from }),
    ...(ca === undefined ? { rejectUnauthorized: false } : { ca, servername: name }),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = (url.startsWith("https:") ? secureRequest : request)(url, options, resolve);
    sent.on("error", reject).end(body);
  });
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

/** A server of the test's, and the requests that it has read. */
export interface Behind {
  readonly port: number;
  readonly seen: IncomingMessage[];
  close(): void;
}

/** @param answer is given each request; default: an empty object as JSON. */
export async function serve(
  { host = "127.0.0.1", port = 0 }: { readonly host?: string; readonly port?: number } = {},
  answer: Parameters<typeof createServer>[1] = (_, response) =>
    response.setHeader("content-type", "application/json").end("{}"),
): Promise<Behind> {
  const seen: IncomingMessage[] = [];
  const server: Server = createServer((incoming, response) => {
    seen.push(incoming);
    incoming.resume().on("end", () => answer(incoming, response));
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  return {
    port: number(at(server.address(), "port")) ?? 0,
    seen,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
