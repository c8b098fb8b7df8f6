import { authorityPath, identityPath } from "../mtls.ts";
import { reloadFile, watchedEntryPoint } from "../reload.ts";
import type { Settings } from "../settings.ts";
import type { ConfigFile } from "../workload/index.ts";
import { backupName, hasBackup } from "./backup.ts";

const folder = "/etc/database-tls";
const reloadPath = `${folder}/reload.sh`;
const accessPath = `${folder}/pg_hba.conf`;

export const databaseEntryPoint = watchedEntryPoint(reloadPath, "docker-entrypoint.sh", "database");

/** What an own database needs so that it lets in only who has a certificate of ours, besides the password. */
export const databaseTls = (
  settings: Settings,
): { readonly parameters: Readonly<Record<string, string>>; readonly files: readonly ConfigFile[] } =>
  settings.mtls
    ? {
        parameters: {
          ssl: "on",
          ssl_min_protocol_version: "TLSv1.2",
          ssl_ca_file: authorityPath,
          ssl_cert_file: identityPath,
          ssl_key_file: identityPath,
          hba_file: accessPath,
        },
        files: [{ path: accessPath, content: access(hasBackup(settings)) }, reload],
      }
    : { parameters: {}, files: [] };

/**
 * `verify-ca` and not `verify-full`: with that the name in the certificate must be the role's, and the application's roles
 * take turns (./platform secrets rotate). Whose role somebody has is the password's to tell.
 */
const access = (withBackup: boolean): string => `# Who is let in: by the server's own socket from inside the container,
# else with a certificate of the stack's authority and the role's password. Nobody without TLS.
# Rendered by ./platform render from components/application/database-tls.ts.
local   all          all       trust
local   replication  all       trust
hostssl all          all       all  scram-sha-256  clientcert=verify-ca
${withBackup ? `hostssl replication  ${backupName}    all  scram-sha-256  clientcert=verify-ca\n` : ""}`;

const reload = reloadFile({
  path: reloadPath,
  what: [
    "Has PostgreSQL read its certificate again when the files change; connections that are open stay.",
    "Rendered by ./platform render from components/application/database-tls.ts.",
  ],
  files: [authorityPath, identityPath],
  reload: "pg_ctl reload > /dev/null",
});
