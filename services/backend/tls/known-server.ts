import { readFileSync } from "node:fs";
import type { ConnectionOptions, PeerCertificate } from "node:tls";
import { ConfigurationError, type KnownServer } from "../configuration.ts";

/**
 * TLS options of a client that asks a server by another name than its certificate is for, as a cloud's own by an alias:
 * who signed it must be the authority, and a name in it must end as the service's do. Throws where the authority's file
 * cannot be read.
 */
export function knownServer({ authority, names }: KnownServer) {
  return {
    ...(authority === undefined ? {} : { ca: authorityIn(authority) }),
    rejectUnauthorized: true,
    checkServerIdentity: (_host: string, { subjectaltname = "" }: PeerCertificate): Error | undefined => {
      const shown = subjectaltname.split(", ").flatMap((name) => (name.startsWith("DNS:") ? [name.slice(4)] : []));
      if (shown.some((name) => name.endsWith(names))) return undefined;
      return new Error(
        `the server shows a certificate for ${shown.join(", ") || "nobody"}, not for a name in ${names}`,
      );
    },
  } as const satisfies ConnectionOptions;
}

/** What is asked of a server where TLS is `verify`. The configuration is refused before it could be missing. */
export function known(server: KnownServer | undefined): KnownServer {
  if (server === undefined) throw new TypeError("TLS to a server of which nothing is known");
  return server;
}

function authorityIn(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`the authority ${file} cannot be read: ${why}`);
  }
}
