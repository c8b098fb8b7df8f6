import { backupName, hasBackup } from "../../components/application/backup.ts";
import type { Settings } from "../../components/settings.ts";
import { describePlatform, membersOf } from "../../components/specification.ts";
import { formatDuration, isWorkload } from "../../components/workload/index.ts";
import { restoreCommands } from "./cluster.ts";
import { dataFolderOf, goOnAdvice, type RestoreRequest } from "./request.ts";

/** What a person asks of backups. */
export type Wish = "list" | "now" | "restore";

/**
 * What to run where this command does not act itself; undefined where it does: on a Docker daemon.
 */
export function runElsewhere(settings: Settings, wish: Wish, request: RestoreRequest = {}): string | undefined {
  const { stack, database, target } = settings;
  if (database.management === "managed") return managed(settings, wish, request.at);
  if (!hasBackup(settings)) {
    return `${stack} has no backup: the workload ${backupName} is left out (trading-platform:without in Pulumi.${stack}.yaml)`;
  }
  if (target.name === "docker") return undefined;
  return target.discovery === "kubernetes"
    ? inCluster(settings, wish, request)
    : `${stack} runs its own database on ${target.name}: ./platform has no way into its containers; docs/backups.md says what to run there`;
}

function managed({ stack, backups }: Settings, wish: Wish, at: string | undefined): string {
  const mine = `--query "DBInstances[?TagList[?Key=='stack' && Value=='${stack}']]`;
  const instance = `$(aws rds describe-db-instances ${mine}.DBInstanceIdentifier" --output text)`;
  const commands = {
    list: [
      `aws rds describe-db-instances ${mine}.[DBInstanceIdentifier,LatestRestorableTime]"`,
      `aws rds describe-db-snapshots --db-instance-identifier "${instance}"`,
    ],
    now: [
      `aws rds create-db-snapshot --db-instance-identifier "${instance}" --db-snapshot-identifier ${stack}-$(date +%Y%m%d%H%M)`,
    ],
    restore: [
      `aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier "${instance}" \\`,
      `  --target-db-instance-identifier trading-${stack}-restored ${at === undefined ? "--use-latest-restorable-time" : `--restore-time ${at}`}`,
    ],
  } satisfies Record<Wish, readonly string[]>;
  return [
    `${stack}'s database is managed: RDS takes a snapshot a day and keeps the log for ${formatDuration(backups.retention)}. Run there:`,
    ...commands[wish].map((line) => `  ${line}`),
    ...(wish === "restore"
      ? ["It makes a new instance beside the old one; docs/backups.md says how to go over to it."]
      : []),
  ].join("\n");
}

function inCluster(settings: Settings, wish: Wish, request: RestoreRequest): string {
  const { stack, target } = settings;
  const [namespace = ""] = target.namespaces(stack);
  if (wish !== "restore") {
    const inPod = `kubectl exec --namespace ${namespace} statefulset/${backupName} -- ${backupName}`;
    return `${stack} runs on Kubernetes. Run there:\n  ${inPod} ${wish}`;
  }
  const workloads = membersOf(describePlatform(settings)).filter(isWorkload);
  return [
    `${stack} runs on Kubernetes, where a pod with both volumes restores while database and backup are down. Run there (kubectl and jq are needed), one after the other:`,
    ...restoreCommands(namespace, dataFolderOf(workloads), request).map((line) => `  ${line}`),
    goOnAdvice,
  ].join("\n");
}
