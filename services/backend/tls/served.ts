import { connect, type Socket } from "node:net";
import { connect as secure } from "node:tls";
import { endOf, type OwnCertificate } from "./own-certificate.ts";

/** A server whose certificate is looked at. */
export interface Watched {
  readonly host: string;
  readonly port: number;
  /** PostgreSQL speaks plainly until it is asked. */
  readonly protocol: "tls" | "postgres";
}

/** Milliseconds. */
const patience = 2_000;
const lookEvery = 60_000;

/**
 * When the certificates end that others show us, by their names; looked at again every minute by connections of their own,
 * since those in use may be older than the certificate.
 */
export function watchServed(
  servers: Readonly<Record<string, Watched>>,
  own: OwnCertificate,
): { readonly ends: () => ReadonlyMap<string, number>; stop(): void } {
  const ends = new Map<string, number>();
  const look = (): void => {
    for (const [name, server] of Object.entries(servers)) {
      servedEnd(server, own).then(
        (end) => ends.set(name, end),
        // Who does not answer is another alert's: what was seen last stays true.
        () => {},
      );
    }
  };
  look();
  const timer = setInterval(look, lookEvery).unref();
  return { ends: () => ends, stop: () => clearInterval(timer) };
}

/** When the certificate ends that a server shows, whether or not it is still good. */
async function servedEnd({ host, port, protocol }: Watched, own: OwnCertificate): Promise<number> {
  const socket = connect({ host, port }).on("error", () => {});
  socket.setTimeout(patience, () => socket.destroy(new Error(`${host} does not answer`)));
  try {
    if (protocol === "postgres") await askForTls(socket);
    return await shownEnd(socket, own);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** PostgreSQL's SSLRequest (postgresql.org, "Message Formats"): it answers one letter. */
const askForTls = (socket: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("data", (answer) => (answer.toString() === "S" ? resolve() : reject(new Error("it has no TLS"))));
    socket.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]));
  });

const shownEnd = (socket: Socket, own: OwnCertificate): Promise<number> =>
  new Promise((resolve, reject) => {
    // Not refused: a certificate that has ended is what is looked for. Nothing is sent.
    const shown = secure({ socket, secureContext: own.context(), rejectUnauthorized: false });
    shown.on("error", reject);
    shown.once("secureConnect", () => {
      resolve(endOf(shown.getPeerCertificate().valid_to));
      // Not broken off, which would be an error in the server's log: it closes, or the timeout does.
      shown.resume().end();
    });
    socket.once("close", () => reject(new Error("it closed the connection")));
  });
