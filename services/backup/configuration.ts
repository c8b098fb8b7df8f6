import { readFileSync } from "node:fs";
import { identityToRecipient } from "age-encryption";

/** From the most to the least talkative. */
export const logLevels = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;
export type LogLevel = (typeof logLevels)[number];

/** What the platform tells the process: components/application/backup.ts states the same names. */
export interface Configuration {
  readonly port: number;
  readonly logLevel: LogLevel;
  /** Where `backup now` finds the process that runs. */
  readonly socket: string;
  readonly database: Database;
  /** Folder of encrypted backups and WAL; what is to be kept elsewhere too. */
  readonly archive: string;
  /** Folder of what was received and is not encrypted yet, and of restores that are only a test. */
  readonly spool: string;
  /** An age identity (`AGE-SECRET-KEY-1…`): opens what was encrypted. */
  readonly identity: string;
  /** Its public half: encrypts. */
  readonly recipient: string;
  /** Seconds between two backups, as the start of the one and the start of the next. */
  readonly every: number;
  /** Seconds into the past to which the database can be restored. */
  readonly retention: number;
  /** File with the certificate that PostgreSQL's programs show (they read the same variable). */
  readonly certificate?: string;
}

export interface Database {
  readonly host: string;
  readonly port: string;
  readonly name: string;
  /** Its superuser: by this one a restored copy is read, through the copy's own socket. */
  readonly owner: string;
  /** May replicate, and no more: components/application/backup.ts. */
  readonly user: string;
  readonly password: string;
}

/** What a person or the platform can mend: one message, with the way out, and never a secret. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}

const variables = [
  "PORT",
  "LOG_LEVEL",
  "BACKUP_SOCKET",
  "DATABASE_HOST",
  "DATABASE_PORT",
  "DATABASE_NAME",
  "DATABASE_OWNER",
  "DATABASE_USER",
  "DATABASE_PASSWORD_FILE",
  "BACKUP_ARCHIVE",
  "BACKUP_SPOOL",
  "BACKUP_KEY_FILE",
  "BACKUP_EVERY_SECONDS",
  "BACKUP_RETENTION_SECONDS",
] as const;
type Variable = (typeof variables)[number];

/** Throws a {@link BackupError} that names all wrong variables at once. */
export async function readConfiguration(environment: NodeJS.ProcessEnv): Promise<Configuration> {
  const problems = variables.filter((name) => !environment[name]).map((name) => `${name} is missing`);
  const given = (name: Variable): string => environment[name] ?? "";
  const number = (name: Variable): number => {
    if (!/^([1-9]\d*)?$/.test(given(name)))
      problems.push(`${name} is "${given(name)}"; it must be a whole number above 0`);
    return Number(given(name));
  };
  const logLevel = logLevels.find((level) => level === given("LOG_LEVEL")) ?? "INFO";
  if (given("LOG_LEVEL") !== "" && logLevel !== given("LOG_LEVEL")) {
    problems.push(`LOG_LEVEL is "${given("LOG_LEVEL")}"; it must be ${logLevels.join(", ")}`);
  }
  const [port, every, retention] = [number("PORT"), number("BACKUP_EVERY_SECONDS"), number("BACKUP_RETENTION_SECONDS")];
  const secret = (name: Variable): string => {
    try {
      return given(name) === "" ? "" : readFileSync(given(name), "utf8").trim();
    } catch (error) {
      problems.push(`${name}: ${given(name)} cannot be read (${codeOf(error)})`);
      return "";
    }
  };
  const password = secret("DATABASE_PASSWORD_FILE");
  const identity = secret("BACKUP_KEY_FILE");
  const recipient = await identityToRecipient(identity).catch(() => {
    if (identity !== "")
      problems.push(
        "the secret backupKey is no age identity: it must be one line, AGE-SECRET-KEY-1 and 58 more characters, as `age-keygen` makes it",
      );
    return "";
  });
  if (problems.length > 0) throw new BackupError(problems.join("\n"));
  return {
    port,
    logLevel,
    socket: given("BACKUP_SOCKET"),
    database: {
      host: given("DATABASE_HOST"),
      port: given("DATABASE_PORT"),
      name: given("DATABASE_NAME"),
      owner: given("DATABASE_OWNER"),
      user: given("DATABASE_USER"),
      password,
    },
    archive: given("BACKUP_ARCHIVE"),
    spool: given("BACKUP_SPOOL"),
    identity,
    recipient,
    every,
    retention,
    ...(environment.PGSSLCERT === undefined ? {} : { certificate: environment.PGSSLCERT }),
  };
}

/** `ENOENT` and the like; the message where there is none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error
    ? "code" in error && typeof error.code === "string"
      ? error.code
      : error.message
    : String(error);
