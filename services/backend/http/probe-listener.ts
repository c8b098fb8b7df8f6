import { createServer, type Server as HttpServer } from "node:http";
import type { Server } from "./services.ts";

/** What probes ask, at the end of its path. */
const probed = /\/health\/(?:live|ready)$/;

/**
 * Answers probes, which have no certificate: plainly, to who is inside the container, and with two routes alone. Listens
 * with the process's own server and not before.
 */
export async function listenForProbes(app: Server, port: number): Promise<HttpServer> {
  const listener = createServer((request, reply) => {
    const url = request.url ?? "/";
    if (request.method !== "GET" || !probed.test(url)) {
      reply.writeHead(404).end();
      return;
    }
    app.inject(url).then(
      ({ statusCode, body }) => reply.writeHead(statusCode, { "content-type": "application/json" }).end(body),
      () => reply.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return listener;
}
