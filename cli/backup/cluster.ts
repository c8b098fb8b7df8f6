import { dirname } from "node:path/posix";
import { backupName, letInPath } from "../../components/application/backup.ts";
import { type RestoreRequest, restoreWords } from "./request.ts";

const database = "database";
/** Of the pod that restores. */
const podName = "restore";

/** What restores a database in a cluster, one command a line: the same steps as on Docker. */
export function restoreCommands(namespace: string, data: string, request: RestoreRequest): readonly string[] {
  const kubectl = `kubectl --namespace ${namespace}`;
  const stop = (name: string): string =>
    `${kubectl} scale statefulset/${name} --replicas=0 && ${kubectl} wait --for=delete pod/${name}-0 --timeout=5m`;
  return [
    // In this order the backup has received all that the database has written when it is stopped itself.
    stop(database),
    stop(backupName),
    `${kubectl} get statefulset/${backupName} -o json | jq '${podFilter(data, request)}' | ${kubectl} apply -f -`,
    // It is refused until the container runs.
    `until ${kubectl} logs --follow pod/${podName}; do sleep 2; done; ${kubectl} delete pod/${podName}`,
    `${kubectl} scale statefulset/${database} --replicas=1 && ${kubectl} rollout status statefulset/${database}`,
    `${kubectl} exec statefulset/${database} -- sh ${letInPath}`,
    `${kubectl} scale statefulset/${backupName} --replicas=1`,
  ];
}

/**
 * Makes a pod of the backup's StatefulSet, in jq's language: its template, with both volumes, that runs once and is asked
 * for nothing. It has the template's labels, so that it may go where the backup may: to Vault, where that holds its secrets.
 */
export function podFilter(data: string, request: RestoreRequest): string {
  const mount = { name: database, mountPath: dirname(data) };
  const volumes = [
    { name: "data", persistentVolumeClaim: { claimName: `data-${backupName}-0` } },
    { name: database, persistentVolumeClaim: { claimName: `data-${database}-0` } },
  ];
  return [
    `{apiVersion: "v1", kind: "Pod", metadata: {name: "${podName}", labels: .spec.template.metadata.labels}, spec: (.spec.template.spec`,
    '.restartPolicy = "Never"',
    "(.containers[0] |= (del(.livenessProbe, .readinessProbe, .startupProbe)",
    `.args = ${JSON.stringify(restoreWords(data, request))}`,
    `.volumeMounts += [${JSON.stringify(mount)}]))`,
    `.volumes += ${JSON.stringify(volumes)})}`,
  ].join(" | ");
}
