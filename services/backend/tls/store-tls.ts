import type { DatabaseConfiguration } from "../configuration.ts";
import { known, knownServer } from "./known-server.ts";
import { clientOptions, type OwnCertificate, shown } from "./own-certificate.ts";

/** TLS options of a connection to the database or the cache; undefined where it is plain. */
export function storeTls(
  { tls, server }: Pick<DatabaseConfiguration, "tls" | "server">,
  certificate: OwnCertificate | undefined,
) {
  switch (tls) {
    case "disable":
      return undefined;
    case "verify":
      return knownServer(known(server));
    case "mutual":
      return clientOptions(shown(certificate));
  }
}
