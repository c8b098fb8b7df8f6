import { type Configuration, ConfigurationError } from "../configuration.ts";
import { serverOptions } from "../http/server.ts";
import type { Log } from "../observability/log.ts";
import { type MutualServer, mutualServer } from "./mutual-server.ts";
import { type OwnCertificate, openCertificate } from "./own-certificate.ts";
import { type Watched, watchServed } from "./served.ts";

/** What a process has where members ask each other for certificates. */
export interface Mutual {
  readonly certificate: OwnCertificate;
  readonly serverFactory: MutualServer["factory"];
  /** When the certificates end that it knows of, by their names. */
  readonly ends: () => ReadonlyMap<string, number>;
  close(): void;
}

/** Undefined where the configuration says nothing of it; throws where its files cannot be used. */
export function openMutual(configuration: Configuration, log: Log): Mutual | undefined {
  const { mutual, service } = configuration;
  if (mutual === undefined) return undefined;
  const certificate = opened(mutual, log);
  const server = mutualServer(certificate, serverOptions, {
    allowed: mutual.clients,
    onRefused: (client, reason) => log.at.warn({ event: "client_refused", client, reason }, "a client was refused"),
  });
  const served = watchServed(stores(configuration), certificate);
  return {
    certificate,
    serverFactory: server.factory,
    ends: () => new Map([...served.ends(), ...server.ends(), [service, certificate.end()]]),
    close: () => {
      served.stop();
      certificate.close();
    },
  };
}

function opened(files: NonNullable<Configuration["mutual"]>, log: Log): OwnCertificate {
  try {
    return openCertificate(files, (exception) =>
      log.always.warn(
        { event: "certificate_unusable", exception },
        "a new certificate cannot be used: the old one stays",
      ),
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(
      `TLS_IDENTITY ${files.certificate} with TLS_AUTHORITY ${files.authority} cannot be used: ${why}; ./platform certs check says which are good`,
    );
  }
}

function stores({ database, cache }: Configuration): Readonly<Record<string, Watched>> {
  return {
    ...(database.tls === "mutual"
      ? { database: { host: database.host, port: database.port, protocol: "postgres" } }
      : {}),
    ...(cache.tls === "mutual" ? { cache: { host: cache.host, port: cache.port, protocol: "tls" } } : {}),
  };
}
