/**
 * A secret by reference: the value is never in a spec. Only a target resolves it, at the last moment.
 * Which backend holds it is said once, in the settings' `secrets`.
 */
export interface SecretRef {
  readonly secret: SecretName;
}

/** Every secret that the platform knows, by name. */
export const secretNames = [
  "databasePassword",
  "backupPassword",
  "backupKey",
  "databasePasswordA",
  "databasePasswordB",
  "cachePassword",
  "tokenSigningKey",
  "alertWebhookToken",
  "applicationAdminPassword",
  "grafanaAdminPassword",
  "grafanaOidcClientSecret",
  "monitoringPassword",
  "monitoringPasswordHash",
  "monitoringCertificate",
  "monitoringPrivateKey",
  "slackWebhookUrl",
  "pagerdutyRoutingKey",
  "smtpPassword",
  "tlsCertificate",
  "tlsPrivateKey",
  "registryPassword",
  "remoteWriteCredential",
  "mtlsAuthority",
  "mtlsAuthorityKey",
  "mtlsGateway",
  "mtlsBackend",
  "mtlsWorker",
  "mtlsDatabase",
  "mtlsBackup",
  "mtlsCache",
  "mtlsPrometheus",
  "mtlsAlertmanager",
  "mtlsPostgresExporter",
  "mtlsRedisExporter",
] as const;

export type SecretName = (typeof secretNames)[number];

/** Where a secret's value is held. */
export type SecretSource =
  /** Pulumi config `secrets:<key>` of the stack, encrypted; in dev the file in the user's data folder. */
  | { readonly kind: "config"; readonly key: string }
  /** An entry of AWS Secrets Manager, by its ARN: the value never passes through the program. */
  | { readonly kind: "secretsManager"; readonly arn: string }
  /** A key of an entry of Vault's KV version 2: an agent beside the workload fetches it, so it never passes through the program. */
  | { readonly kind: "vault"; readonly path: string; readonly key: string };

export type SecretSources = Readonly<Record<SecretName, SecretSource>>;

/** A secret as an environment variable. */
export interface SecretVariable extends SecretRef {
  readonly name: string;
  /** How the program takes the same from a file, for sources that give files alone; without it they are refused. */
  readonly asFile?: {
    /** Variable that says where the file is; undefined where the spec itself reads it at {@link variableFile}. */
    readonly variable?: string;
    /** Default: the value alone. */
    readonly template?: string;
  };
}

/** A secret as a file; `template` holds `{}` once, where the value goes (default: the value alone). */
export interface SecretFile extends SecretRef {
  readonly path: string;
  readonly template?: string;
  /**
   * The process reads it again when it changes: a new value reaches the file of the running instance, where the target can,
   * and makes none anew. A folder holds live files alone, or none. Default: false.
   */
  readonly live?: boolean;
}

/** The text of a secret file around its value. */
export const secretFileText = (file: SecretFile, value: string): string =>
  (file.template ?? "{}").replace("{}", () => value);

/** Where a variable's value is as a file. */
export const variableFile = (name: string): string => `/run/vault/${name}`;
