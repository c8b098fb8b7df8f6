import { connect } from "node:net";

/** Connections that begin a request and never go on, half of them in its head and half in its body; resolves when the server has ended them all. */
export function stalledClients(host: string, port: number, count: number): { readonly ended: Promise<unknown> } {
  const head = "POST /api/v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  const ended = Array.from({ length: count }, (_, index) => {
    const socket = connect({ host, port }, () =>
      socket.write(index % 2 === 0 ? head : `${head}Content-Length: 100\r\n\r\n{`),
    );
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => {}).resume();
    return closed;
  });
  return { ended: Promise.all(ended) };
}
