import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";
import type { CertificateFiles } from "./tls/own-certificate.ts";

/** What the platform tells a process of the backend: components/application/backend.ts states the same names. */
export interface Configuration {
  /** Of this process: `backend` or `worker`. */
  readonly service: Service;
  readonly port: number;
  readonly environment: Environment;
  readonly version: string;
  /** Tells instances of one service apart. */
  readonly instance: string;
  readonly log: { readonly level: LogLevel; readonly format: "json" | "console" };
  readonly database: DatabaseConfiguration;
  readonly cache: CacheConfiguration;
  /** Of mTLS; undefined where the process speaks plain HTTP. */
  readonly mutual: MutualConfiguration | undefined;
  readonly tokenSigningKey: string;
  readonly alertWebhookToken: string;
  /** Of the user `admin`, who is made at the first start. */
  readonly adminPassword: string;
  /** Whether faults can be switched on, for drills; never where customers are. */
  readonly faults: boolean;
}

export type Service = "backend" | "worker";
export type Environment = "development" | "staging" | "production";

export const logLevels = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;
export type LogLevel = (typeof logLevels)[number];

/** `verify`: the server shows who it is. `mutual`: both sides show a certificate of the platform's authority. */
export type Tls = "disable" | "verify" | "mutual";

/** How a server is known that is reached by another name than its certificate is for. */
export interface KnownServer {
  /** File with who signs its certificate; undefined: the public authorities that Node comes with. */
  readonly authority: string | undefined;
  /** What a name in its certificate ends in. */
  readonly names: string;
}

export interface MutualConfiguration extends CertificateFiles {
  /** Names of those that may ask this process. */
  readonly clients: readonly string[];
  /** Where probes are answered plainly, on the container's own loopback. */
  readonly probePort: number;
}

export interface DatabaseConfiguration {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly password: string;
  readonly tls: Tls;
  /** Where TLS is `verify`. */
  readonly server?: KnownServer | undefined;
}

export interface CacheConfiguration {
  readonly host: string;
  readonly port: number;
  readonly password: string;
  readonly tls: Tls;
  /** Where TLS is `verify`. */
  readonly server?: KnownServer | undefined;
}

/** Names every variable that is wrong, and never a secret's value. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

const port = z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(0).max(65_535));
const given = z.string().min(1);
/** HS256 wants a key of at least its hash's 32 bytes (RFC 7518, 3.2); fewer can be guessed. */
const secret = z.string().min(32);
/** Of a domain that has at least two parts: `.com` would be everybody. */
const ending = z.string().regex(/^(?:\.[a-z0-9-]+){2,}$/);
const tls = z.enum(["verify", "disable", "mutual"]);

const variables = z.object({
  PORT: port,
  ENVIRONMENT: z.enum(["development", "staging", "production"]),
  SERVICE_VERSION: given,
  LOG_LEVEL: z.enum(logLevels),
  LOG_FORMAT: z.enum(["json", "console"]),
  DATABASE_HOST: given,
  DATABASE_PORT: port,
  DATABASE_NAME: given,
  DATABASE_USER: given,
  DATABASE_PASSWORD: given,
  DATABASE_TLS: tls,
  DATABASE_TLS_AUTHORITY: given.optional(),
  DATABASE_TLS_NAMES: ending.optional(),
  CACHE_HOST: given,
  CACHE_PORT: port,
  CACHE_PASSWORD: given,
  CACHE_TLS: tls,
  CACHE_TLS_AUTHORITY: given.optional(),
  CACHE_TLS_NAMES: ending.optional(),
  TOKEN_SIGNING_KEY: secret,
  ALERT_WEBHOOK_TOKEN: given,
  // NIST SP 800-63B, 3.1.1: eight are the least; this one opens everything.
  ADMIN_PASSWORD: z.string().min(12),
  TLS_AUTHORITY: given.optional(),
  TLS_IDENTITY: given.optional(),
  TLS_CLIENTS: given.optional(),
  PROBE_PORT: port.optional(),
  FAULTS: z
    .enum(["true", "false"])
    .default("false")
    .transform((word) => word === "true"),
});

const allowed: Readonly<Record<keyof typeof variables.shape, string>> = {
  PORT: "a TCP port",
  ENVIRONMENT: "development, staging or production",
  SERVICE_VERSION: "the release's version",
  LOG_LEVEL: logLevels.join(", "),
  LOG_FORMAT: "json or console",
  DATABASE_HOST: "PostgreSQL's host",
  DATABASE_PORT: "a TCP port",
  DATABASE_NAME: "the database's name",
  DATABASE_USER: "the database's user",
  DATABASE_PASSWORD: "that user's password",
  DATABASE_TLS: "verify, disable or mutual",
  DATABASE_TLS_AUTHORITY: "a file with certificates in PEM",
  DATABASE_TLS_NAMES: "the end of the names in PostgreSQL's certificate, as .eu-central-1.rds.amazonaws.com",
  CACHE_HOST: "Redis's host",
  CACHE_PORT: "a TCP port",
  CACHE_PASSWORD: "Redis's password",
  CACHE_TLS: "verify, disable or mutual",
  CACHE_TLS_AUTHORITY: "a file with certificates in PEM",
  CACHE_TLS_NAMES: "the end of the names in Redis's certificate, as .cache.amazonaws.com",
  TOKEN_SIGNING_KEY: "a secret of at least 32 characters",
  ALERT_WEBHOOK_TOKEN: "the secret that Alertmanager sends",
  ADMIN_PASSWORD: "a password of at least 12 characters",
  TLS_AUTHORITY: "the path of the authority's certificate",
  TLS_IDENTITY: "the path of this process's certificate with its key",
  TLS_CLIENTS: "names of clients, with commas between them",
  PROBE_PORT: "a TCP port",
  FAULTS: "true or false",
};

/** `<NAME>_FILE` says in which file a variable's value is, as Vault's agent writes it. */
function withFiles(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const read = Object.keys(variables.shape).flatMap((name): [string, string][] => {
    const path = environment[`${name}_FILE`];
    if (path === undefined || environment[name] !== undefined) return [];
    try {
      return [[name, readFileSync(path, "utf8").replace(/\n$/, "")]];
    } catch {
      throw new ConfigurationError(`${name}_FILE: ${path} cannot be read`);
    }
  });
  return { ...environment, ...Object.fromEntries(read) };
}

/** Throws a {@link ConfigurationError} that names all wrong variables at once. */
export function readConfiguration(environment: NodeJS.ProcessEnv, service: Service): Configuration {
  const told = withFiles(environment);
  const read = variables.safeParse(told);
  if (!read.success) throw new ConfigurationError(problems(read.error.issues, told).join("\n"));
  const said = read.data;
  if (said.FAULTS && said.ENVIRONMENT !== "development") {
    throw new ConfigurationError(
      `FAULTS must not be true in ${said.ENVIRONMENT}: faults are for drills in development`,
    );
  }
  return {
    service,
    port: said.PORT,
    environment: said.ENVIRONMENT,
    version: said.SERVICE_VERSION,
    instance: hostname(),
    log: { level: said.LOG_LEVEL, format: said.LOG_FORMAT },
    database: {
      host: said.DATABASE_HOST,
      port: said.DATABASE_PORT,
      name: said.DATABASE_NAME,
      user: said.DATABASE_USER,
      password: said.DATABASE_PASSWORD,
      tls: said.DATABASE_TLS,
      server: serverOf("DATABASE", said.DATABASE_TLS, said.DATABASE_TLS_AUTHORITY, said.DATABASE_TLS_NAMES),
    },
    cache: {
      host: said.CACHE_HOST,
      port: said.CACHE_PORT,
      password: said.CACHE_PASSWORD,
      tls: said.CACHE_TLS,
      server: serverOf("CACHE", said.CACHE_TLS, said.CACHE_TLS_AUTHORITY, said.CACHE_TLS_NAMES),
    },
    mutual: mutualOf(said),
    tokenSigningKey: said.TOKEN_SIGNING_KEY,
    alertWebhookToken: said.ALERT_WEBHOOK_TOKEN,
    adminPassword: said.ADMIN_PASSWORD,
    faults: said.FAULTS,
  };
}

/** Without a name anybody would do whom the authority ever signed. */
function serverOf(
  store: "DATABASE" | "CACHE",
  kind: Tls,
  authority: string | undefined,
  names: string | undefined,
): KnownServer | undefined {
  if (kind !== "verify") return undefined;
  if (names !== undefined) return { authority, names };
  throw new ConfigurationError(
    `${store}_TLS_NAMES is missing; with ${store}_TLS verify it must be ${allowed[`${store}_TLS_NAMES`]}`,
  );
}

/** All of it or nothing: half of it would be a plain server that passes for a closed one. */
function mutualOf(said: z.output<typeof variables>): MutualConfiguration | undefined {
  const { TLS_AUTHORITY: authority, TLS_IDENTITY: certificate, TLS_CLIENTS: clients, PROBE_PORT: probePort } = said;
  if (authority !== undefined && certificate !== undefined && clients !== undefined && probePort !== undefined) {
    return { authority, certificate, clients: clients.split(","), probePort };
  }
  const wanted = { TLS_AUTHORITY: authority, TLS_IDENTITY: certificate, TLS_CLIENTS: clients, PROBE_PORT: probePort };
  const missing = Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [name] : []));
  const isAsked = missing.length < 4 || said.DATABASE_TLS === "mutual" || said.CACHE_TLS === "mutual";
  if (isAsked)
    throw new ConfigurationError(
      `${missing.join(", ")} missing: mTLS needs all four of ${Object.keys(wanted).join(", ")}`,
    );
  return undefined;
}

const isKnown = (name: string): name is keyof typeof allowed => name in allowed;
const isSecret = (name: string): boolean => /PASSWORD|KEY|TOKEN/.test(name);

function problems(issues: readonly z.core.$ZodIssue[], environment: NodeJS.ProcessEnv): readonly string[] {
  const names = [...new Set(issues.map(({ path }) => String(path[0])))];
  return names.map((name) => {
    const value = environment[name];
    const said = value === undefined ? "is missing" : isSecret(name) ? "is not right" : `is ${JSON.stringify(value)}`;
    return `${name} ${said}; it must be ${isKnown(name) ? allowed[name] : "right"}`;
  });
}
