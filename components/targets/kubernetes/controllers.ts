import { isPersistent, replicasOf, type Scaling, type WorkloadSpec } from "../../workload/index.ts";
import { hostsPerRollout } from "./differences.ts";
import { selectorLabels } from "./names.ts";
import type { podTemplate } from "./pod.ts";
import type { KubernetesSection } from "./section.ts";

type Template<SecretName> = ReturnType<typeof podTemplate<SecretName>>;
type Placed<Kind> = Extract<WorkloadSpec["placement"], { readonly kind: Kind }>;

const common = <SecretName>(spec: WorkloadSpec, stack: string, template: Template<SecretName>) => ({
  selector: { matchLabels: selectorLabels(spec.name, stack) },
  revisionHistoryLimit: spec.placement.rollout.revisionsKept,
  template,
});

export function deploymentSpec<SecretName>(
  spec: WorkloadSpec,
  { rollout, scaling }: Placed<"stateless">,
  stack: string,
  template: Template<SecretName>,
) {
  return {
    ...common(spec, stack, template),
    // The autoscaler owns the number: stated here too, every update would set it back.
    ...(scaling.kind === "fixed" ? { replicas: scaling.replicas } : {}),
    progressDeadlineSeconds: rollout.progressDeadline.seconds,
    strategy: {
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: rollout.surge, maxUnavailable: rollout.unavailable },
    },
  };
}

export function statefulSetSpec<SecretName>(
  spec: WorkloadSpec,
  { replicas }: Placed<"stateful">,
  { stack, storageClass }: { readonly stack: string; readonly storageClass: KubernetesSection["storageClass"] },
  template: Template<SecretName>,
) {
  return {
    ...common(spec, stack, template),
    replicas,
    serviceName: spec.name,
    updateStrategy: { type: "RollingUpdate" },
    // In order (the default), a pod that never gets ready blocks the update that repairs it (kubernetes#67250).
    podManagementPolicy: "Parallel",
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    volumeClaimTemplates: spec.volumes.filter(isPersistent).map(({ name, sizeGiB }) => ({
      // Only labels that never change: the templates of a StatefulSet cannot.
      metadata: { name, labels: selectorLabels(spec.name, stack) },
      spec: {
        accessModes: ["ReadWriteOnce"],
        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
        resources: { requests: { storage: `${sizeGiB}Gi` } },
      },
    })),
  };
}

export const daemonSetSpec = <SecretName>(
  spec: WorkloadSpec,
  { rollout }: Placed<"per-host">,
  stack: string,
  template: Template<SecretName>,
) => ({
  ...common(spec, stack, template),
  updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: rollout.unavailable } },
});

/** Undefined for a fixed number of replicas. */
export function autoscalerSpec({ name, placement }: WorkloadSpec) {
  if (placement.kind !== "stateless" || placement.scaling.kind === "fixed") return undefined;
  const { minimum, maximum, target } = placement.scaling;
  // Other metrics are refused when the settings are read.
  if (target.metric !== "cpu") return undefined;
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
    minReplicas: minimum,
    maxReplicas: maximum,
    metrics: [
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: target.percent } },
      },
    ],
  };
}

/**
 * One pod at a time leaves a host that is drained. Undefined for a single replica: a budget would either stop every
 * drain or say nothing.
 */
export function disruptionBudgetSpec(spec: WorkloadSpec, stack: string) {
  if (spec.placement.kind === "per-host" || replicasOf(spec) < 2) return undefined;
  return {
    maxUnavailable: 1,
    selector: { matchLabels: selectorLabels(spec.name, stack) },
    // A pod that is broken anyway must not stop a drain.
    unhealthyPodEvictionPolicy: "AlwaysAllow",
  };
}

/** Seconds that Pulumi waits for a rollout: the deadline for each instance, since they may follow one after the other. */
export const rolloutTimeoutSeconds = ({ placement }: WorkloadSpec): number =>
  placement.rollout.progressDeadline.seconds * instancesInRow(placement);

function instancesInRow(placement: WorkloadSpec["placement"]): number {
  switch (placement.kind) {
    case "stateless":
      return maximumReplicas(placement.scaling);
    case "stateful":
      return placement.replicas;
    case "per-host":
      return hostsPerRollout;
  }
}

const maximumReplicas = (scaling: Scaling): number => (scaling.kind === "fixed" ? scaling.replicas : scaling.maximum);
