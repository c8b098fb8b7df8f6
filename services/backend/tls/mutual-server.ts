import type { RequestListener, ServerOptions } from "node:http";
import { createServer, type Server } from "node:https";
import type { TLSSocket } from "node:tls";
import { endOf, type OwnCertificate } from "./own-certificate.ts";

/** Milliseconds that the certificate of a client which does not come again is remembered. */
const memory = 3_600_000;

/** Who asks a process, by the names in their certificates. */
export interface Clients {
  /** Names that may ask. */
  readonly allowed: readonly string[];
  readonly onRefused: (name: string, reason: string) => void;
}

/** A server that only clients with a certificate of the authority reach, and of them those that may ask this process. */
export interface MutualServer {
  readonly factory: (handler: RequestListener) => Server;
  /** When the certificates end that clients came with in the last hour, by their names. */
  readonly ends: () => ReadonlyMap<string, number>;
}

export function mutualServer(
  own: OwnCertificate,
  options: ServerOptions & { readonly keepAliveTimeout: number },
  { allowed, onRefused }: Clients,
): MutualServer {
  const seen = new Map<string, { readonly end: number; readonly at: number }>();
  const judge = (socket: TLSSocket): void => {
    const { subject, valid_to: end } = socket.getPeerCertificate();
    const name = String(subject?.CN ?? "");
    if (allowed.includes(name)) {
      seen.set(name, { end: endOf(end), at: Date.now() });
      return;
    }
    onRefused(name, "it is no client of this process");
    socket.destroy();
  };
  return {
    factory: (handler) => {
      const server = createServer({ ...options, ...own.pem(), requestCert: true, rejectUnauthorized: true }, handler);
      own.onChange(() => server.setSecureContext(own.pem()));
      server.on("secureConnection", judge);
      server.on("tlsClientError", ({ message }, socket) =>
        onRefused("", message.trim() || String(socket.remoteAddress)),
      );
      return server;
    },
    ends: () => {
      const since = Date.now() - memory;
      return new Map([...seen].flatMap(([name, { end, at }]) => (at < since ? [] : [[name, end] as const])));
    },
  };
}
