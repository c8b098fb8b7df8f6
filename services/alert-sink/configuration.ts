import { readFileSync } from "node:fs";
import { z } from "zod";
import { against } from "./verdict.ts";

/** What the platform tells the process: components/monitoring/alert-sink.ts states the same names. */
const variables = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535),
  MAIL_PORT: z.coerce.number().int().min(0).max(65_535),
  LOG_LEVEL: z.enum(["DEBUG", "INFO", "WARNING", "ERROR"]),
  /** Paths of PEM files. */
  TLS_CERTIFICATE: z.string().min(1),
  TLS_PRIVATE_KEY: z.string().min(1),
  MAIL_USER: z.string().min(1),
  MAIL_PASSWORD: z.string().min(1),
  ALERT_WEBHOOK_TOKEN: z.string().min(1),
});

/** Names every variable that is wrong, and never a secret's value. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

export type Configuration = ReturnType<typeof readConfiguration>;

/** Throws a {@link ConfigurationError} that names all wrong variables at once. */
export function readConfiguration(environment: NodeJS.ProcessEnv) {
  const { data, error } = variables.safeParse({
    ...environment,
    ...fromFile(environment, "MAIL_PASSWORD"),
    ...fromFile(environment, "ALERT_WEBHOOK_TOKEN"),
  });
  if (error !== undefined) throw new ConfigurationError(against(error).join("\n"));
  return {
    port: data.PORT,
    mailPort: data.MAIL_PORT,
    logLevel: data.LOG_LEVEL,
    certificate: fileOf("TLS_CERTIFICATE", data.TLS_CERTIFICATE),
    privateKey: fileOf("TLS_PRIVATE_KEY", data.TLS_PRIVATE_KEY),
    mailUser: data.MAIL_USER,
    mailPassword: data.MAIL_PASSWORD,
    webhookToken: data.ALERT_WEBHOOK_TOKEN,
  };
}

function fileOf(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new ConfigurationError(`${name}: ${path} cannot be read`);
  }
}

/** A secret that `<name>_FILE` names, as Vault's agent writes it. */
function fromFile(environment: NodeJS.ProcessEnv, name: string): Readonly<Record<string, string>> {
  const path = environment[`${name}_FILE`];
  return path === undefined || environment[name] !== undefined
    ? {}
    : { [name]: fileOf(`${name}_FILE`, path).replace(/\n$/, "") };
}
