import type { Settings } from "./settings.ts";
import {
  type ConfigFile,
  isWorkload,
  type Member,
  portNamed,
  type SecretFile,
  type SecretName,
} from "./workload/index.ts";

/**
 * Mutual TLS between members: who has a certificate of the stack's own authority, and where each finds it. `./platform
 * certs` makes them; every consumer reads the two files, and again when they change.
 */

/** The secret of each member that has a certificate: certificate and key in one PEM, so that no half of a pair can be there. */
const identities = {
  gateway: "mtlsGateway",
  backend: "mtlsBackend",
  worker: "mtlsWorker",
  database: "mtlsDatabase",
  backup: "mtlsBackup",
  cache: "mtlsCache",
  prometheus: "mtlsPrometheus",
  alertmanager: "mtlsAlertmanager",
  "postgres-exporter": "mtlsPostgresExporter",
  "redis-exporter": "mtlsRedisExporter",
} as const satisfies Readonly<Record<string, SecretName>>;

/** A member that has a certificate. */
export type Identified = keyof typeof identities;

export const identifiedMembers: ReadonlyMap<string, SecretName> = new Map(Object.entries(identities));

/**
 * Members whose certificates no metric tells at all times: the exporters only connect, to servers that do not say whom they
 * saw, and Alertmanager is seen while it delivers. MemberCertificateExpiring answers for theirs all the same, because
 * `./platform certs` never lets one of them end before all of those that are told.
 */
export const untoldMembers: ReadonlySet<string> = new Set<Identified>([
  "alertmanager",
  "postgres-exporter",
  "redis-exporter",
]);

const folder = "/etc/mtls";
/** Certificates of the authority; of two of them while one takes the other's place. */
export const authorityPath = `${folder}/ca.crt`;
/** The member's own certificate and its key. */
export const identityPath = `${folder}/identity.pem`;

type Said = Pick<Settings, "mtls">;

/** What a member mounts. */
export const identityFiles = ({ mtls }: Said, member: Identified): readonly SecretFile[] =>
  mtls
    ? [
        { path: authorityPath, secret: "mtlsAuthority", live: true },
        { path: identityPath, secret: identities[member], live: true },
      ]
    : [];

/** How clients know a member that has a certificate. */
export const mutualPort = ({ mtls }: Said): { readonly tls?: "mutual" } => (mtls ? { tls: "mutual" } : {});

/** The names in a member's certificate: the one that it goes by as a client, and the one that it is reached by. */
export const identityNames = (
  { target, stack }: Pick<Settings, "target" | "stack">,
  member: string,
): readonly string[] => [...new Set([member, target.address(member, stack)])];

/** How Prometheus' HTTP client, and Alertmanager's, asks a member by mTLS. */
export const mutualClient = (server: string) => ({
  ca_file: authorityPath,
  cert_file: identityPath,
  key_file: identityPath,
  server_name: server,
});

/** How a member talks to the database or the cache: with certificates both ways, with the server's alone, or plainly. */
export type StoreTls = "mutual" | "verify" | "disable";

/** What the cloud runs knows no certificate of ours: a listed difference. Its own is verified. */
export const storeTls = ({ mtls }: Said, engine: { readonly management: "own" | "managed" }): StoreTls => {
  if (engine.management === "managed") return "verify";
  return mtls ? "mutual" : "disable";
};

/** The same as files: none where the cloud runs what the member talks to, and that is all it talks to. */
export const storeFiles = (
  settings: Said,
  engine: { readonly management: "own" | "managed" },
  member: Identified,
): readonly SecretFile[] => (storeTls(settings, engine) === "mutual" ? identityFiles(settings, member) : []);

/** Who signs the certificate of a managed database. */
export const databaseAuthorityPath = "/etc/database-tls/authority.pem";

/** That file, where the cloud runs the database. */
export function databaseAuthorityFiles({ database, target }: Settings): readonly ConfigFile[] {
  const tls = target.managedTls();
  return database.management === "managed" && tls !== undefined
    ? [{ path: databaseAuthorityPath, content: tls.databaseAuthority }]
    : [];
}

/** Port of a service's own plain listener for probes; it is open inside the container alone. */
export const probePort = 8002;

/** A connection between two members, and how they know each other on it; `managed`: the cloud's TLS, and a password. */
export interface Known {
  readonly from: string;
  readonly to: string;
  readonly how: "mutual" | "server" | "managed" | "plain";
}

/** Every connection inside the platform: what is plain is told, and never only left out. */
export const knownConnections = (members: readonly Member[]): readonly Known[] =>
  members.filter(isWorkload).flatMap(({ name: from, connectsTo }) =>
    connectsTo.map(({ to, port }) => ({
      from,
      to,
      how: howKnown(
        members.find(({ name }) => name === to),
        port,
      ),
    })),
  );

function howKnown(server: Member | undefined, port: string): Known["how"] {
  if (server === undefined) return "plain";
  return isWorkload(server) ? (portNamed(server, port).tls ?? "plain") : "managed";
}
