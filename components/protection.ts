import type { Settings } from "./settings.ts";
import type { Check, ConfigFile, SecretFile } from "./workload/index.ts";

/**
 * How Prometheus and Alertmanager know who asks, wherever somebody else could: TLS with the stack's own certificate, and
 * one user with a password (prometheus.io, "HTTPS and authentication"). In development both are on the developer's
 * loopback, and plain.
 */
export const isProtected = ({ environment }: Pick<Settings, "environment">): boolean => environment !== "development";

/** Job of Prometheus that knows when that certificate ends. */
export const certificateJobName = "monitoring-certificate";

/** Who asks: members of the platform and people that `./platform open` lets in. */
export const monitoringUser = "platform";

/** The name in the certificate, whatever address leads there: each target has others, and a tunnel a third kind. */
export const monitoringName = "monitoring";

/** The two that are protected. */
export type Protected = "prometheus" | "alertmanager";

export const schemeOf = (settings: Pick<Settings, "environment">): "http" | "https" =>
  isProtected(settings) ? "https" : "http";

/** Folder in which a member has its secrets. */
const folderOf = (member: string): string => `/etc/${member}-secrets`;

/** Where a member that asks finds the certificate. It trusts this one alone. */
export const certificateOf = (member: string): string => `${folderOf(member)}/monitoring-certificate.pem`;

/** The same of the password. */
export const passwordOf = (member: string): string => `${folderOf(member)}/monitoring-password`;

/** What a member needs that asks and reads the password from a file. */
export const clientSecrets = (settings: Settings, member: string): readonly SecretFile[] =>
  isProtected(settings)
    ? [
        { path: certificateOf(member), secret: "monitoringCertificate" },
        { path: passwordOf(member), secret: "monitoringPassword" },
      ]
    : [];

/** How it asks, in the words of Prometheus' HTTP client, which promtool and amtool read too. */
export const clientConfig = (settings: Settings, member: string) =>
  isProtected(settings)
    ? {
        basic_auth: { username: monitoringUser, password_file: passwordOf(member) },
        tls_config: { ca_file: certificateOf(member), server_name: monitoringName },
      }
    : {};

/** The flag by which one of the two is protected. */
export const webFlags = (settings: Settings, member: Protected): readonly string[] =>
  isProtected(settings) ? [`--web.config.file=${folderOf(member)}/web.yml`] : [];

/** How clients know one of the two. */
export const webPort = (settings: Settings): { readonly tls?: "server" } =>
  isProtected(settings) ? { tls: "server" } : {};

/** What it needs for that. Its own probe asks it as everybody else does. */
export const webSecrets = (settings: Settings, member: Protected): readonly SecretFile[] =>
  isProtected(settings)
    ? [
        ...clientSecrets(settings, member),
        { path: `${folderOf(member)}/monitoring-key.pem`, secret: "monitoringPrivateKey" },
        { path: `${folderOf(member)}/web.yml`, secret: "monitoringPasswordHash", template: webConfig(member) },
      ]
    : [];

/** The file of the flag, around the password's bcrypt hash. */
const webConfig = (member: Protected): string =>
  [
    "tls_server_config:",
    `  cert_file: ${certificateOf(member)}`,
    `  key_file: ${folderOf(member)}/monitoring-key.pem`,
    "basic_auth_users:",
    `  ${monitoringUser}: "{}"`,
    "",
  ].join("\n");

const probeConfigOf = (member: Protected): string => `/etc/${member}/probe.yml`;

/** How the product's own tool asks it; JSON is YAML. */
export const probeFiles = (settings: Settings, member: Protected): readonly ConfigFile[] =>
  isProtected(settings)
    ? [{ path: probeConfigOf(member), content: `${JSON.stringify(clientConfig(settings, member))}\n` }]
    : [];

/** The product's own check, which knows certificate and password; the orchestrators' know neither. */
export const ownCheck = (member: Protected, words: readonly string[]): Check => ({
  kind: "command",
  command: [...words, `--http.config.file=${probeConfigOf(member)}`],
});
