import { backupName, hasBackup } from "../../components/application/backup.ts";
import type { Settings } from "../../components/settings.ts";
import { formatDuration } from "../../components/workload/index.ts";

/** What a person asks of backups. */
export type Wish = "list" | "now" | "restore";

/**
 * What to run where this command does not act itself; undefined where it does: on a Docker daemon.
 * @param at ISO 8601; default: as late as possible.
 */
export function runElsewhere(settings: Settings, wish: Wish, at?: string): string | undefined {
  const { stack, database, target } = settings;
  if (database.management === "managed") return managed(settings, wish, at);
  if (!hasBackup(settings)) {
    return `${stack} has no backup: the workload ${backupName} is left out (trading-platform:without in Pulumi.${stack}.yaml)`;
  }
  if (target.name === "docker") return undefined;
  return target.discovery === "kubernetes"
    ? inCluster(settings, wish)
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

function inCluster({ stack, target }: Settings, wish: Wish): string {
  const [namespace = ""] = target.namespaces(stack);
  const inPod = `kubectl exec --namespace ${namespace} statefulset/${backupName} -- ${backupName}`;
  return wish === "restore"
    ? `${stack} runs on Kubernetes: a restore stops database and backup and runs a pod with both volumes; docs/backups.md, "Kubernetes", has it`
    : `${stack} runs on Kubernetes. Run there:\n  ${inPod} ${wish}`;
}
