import {
  byProtocol,
  imageReference,
  rolloutOf,
  rootReasonLabel,
  singleReasonLabel,
  singleReasonOf,
  type Volume,
  type WorkloadSpec,
} from "../../workload/index.ts";
import type { TargetContext } from "../target.ts";
import { agentContainer, agentVolumes } from "./agent.ts";
import { drainSeconds, publicDrainSeconds } from "./differences.ts";
import { type FileSources, mountedFiles } from "./files.ts";
import { selectorLabels, workloadLabels } from "./names.ts";
import { containerProbes } from "./probes.ts";

type Stack = Pick<TargetContext, "stack" | "environment">;

/** The pod of a workload, complete: the same for every kind of controller. */
export function podTemplate<SecretName>(spec: WorkloadSpec, stack: Stack, sources: FileSources<SecretName>) {
  const files = mountedFiles(spec, sources);
  return {
    metadata: {
      labels: workloadLabels(spec, stack),
      ...annotations(spec),
    },
    spec: {
      serviceAccountName: spec.name,
      automountServiceAccountToken: spec.kubernetesAccess !== undefined,
      // Variables of other Services would be a second, undeclared configuration.
      enableServiceLinks: false,
      terminationGracePeriodSeconds: gracePeriodSeconds(spec),
      securityContext: podSecurity(spec),
      // What tolerates every taint would also be sent to hosts that run Windows.
      nodeSelector: { "kubernetes.io/os": "linux" },
      ...(isSpread(spec) ? { topologySpreadConstraints: spread(spec, stack) } : {}),
      // A host with a taint is watched as well.
      ...(spec.placement.kind === "per-host" ? { tolerations: [{ operator: "Exists" }] } : {}),
      ...(spec.agent === undefined ? {} : { initContainers: [agentContainer(spec.agent)] }),
      containers: [container(spec, sources, files.mounts)],
      volumes: [
        ...files.volumes,
        ...spec.volumes.flatMap(podVolume),
        ...(spec.agent === undefined ? [] : agentVolumes),
      ],
    },
  };
}

/** What the workload does otherwise than the policies ask, and why; they print it. */
function annotations(spec: WorkloadSpec): { readonly annotations?: Readonly<Record<string, string>> } {
  const single = singleReasonOf(spec);
  const reasons = {
    ...(spec.user.kind === "root" ? { [rootReasonLabel]: spec.user.reason } : {}),
    ...(single === undefined ? {} : { [singleReasonLabel]: single }),
  };
  return Object.keys(reasons).length === 0 ? {} : { annotations: reasons };
}

/** Whoever sends requests through a Service hears with a delay that a pod leaves; for so long it answers. */
function drainOf({ placement, ports }: WorkloadSpec): number {
  if (placement.kind !== "stateless" || ports.length === 0) return 0;
  return ports.some(({ exposure }) => exposure === "public") ? publicDrainSeconds : drainSeconds;
}

/** The time before the polite signal is part of Kubernetes' grace period, and comes on top of the stated one. */
const gracePeriodSeconds = (spec: WorkloadSpec): number => rolloutOf(spec).stopGracePeriod.seconds + drainOf(spec);

function container<SecretName>(
  spec: WorkloadSpec,
  { secret }: FileSources<SecretName>,
  fileMounts: ReturnType<typeof mountedFiles>["mounts"],
) {
  const { cpu, memory } = spec.resources;
  const drain = drainOf(spec);
  return {
    name: spec.name,
    image: imageReference(spec.image),
    imagePullPolicy: "IfNotPresent",
    ...(spec.command === undefined ? {} : { command: spec.command.map(literal) }),
    args: spec.args.map(literal),
    env: [
      ...Object.entries(spec.variables).map(([name, value]) => ({ name, value: literal(value) })),
      ...(secret === undefined ? [] : spec.secretVariables).map(({ name }) => ({
        name,
        valueFrom: { secretKeyRef: { name: secret, key: name } },
      })),
    ],
    ports: spec.ports
      .flatMap(byProtocol)
      .map(({ name, number, protocol }) => ({ name, containerPort: number, protocol })),
    ...containerProbes(spec.probes),
    // Without a shell: Kubernetes 1.30 and later waits by itself.
    ...(drain === 0 ? {} : { lifecycle: { preStop: { sleep: { seconds: drain } } } }),
    resources: {
      requests: { cpu: `${cpu.request}m`, memory: `${memory.request}Mi` },
      limits: { cpu: `${cpu.limit}m`, memory: `${memory.limit}Mi` },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: spec.readOnlyRootFilesystem,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [...fileMounts, ...spec.volumes.map(volumeMount)],
  };
}

/** Kubernetes expands `$(NAME)` and shortens `$$`; a workload means what it states. */
const literal = (text: string): string => text.replace(/\$(?=[$(])/g, "$$$$");

function podSecurity({ user, ports }: WorkloadSpec) {
  const lowest = Math.min(...ports.map((port) => port.number));
  return {
    ...(user.kind === "root"
      ? { runAsNonRoot: false, runAsUser: 0, runAsGroup: 0 }
      : {
          runAsNonRoot: true,
          runAsUser: user.uid,
          runAsGroup: user.gid,
          fsGroup: user.gid,
          // A large volume is not walked through at every start.
          fsGroupChangePolicy: "OnRootMismatch",
        }),
    seccompProfile: { type: "RuntimeDefault" },
    // One of the sysctls that the profile `restricted` allows: a low port needs no capability then.
    ...(user.kind === "non-root" && lowest < 1024
      ? { sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: String(lowest) }] }
      : {}),
  };
}

const isSpread = ({ placement }: WorkloadSpec): boolean =>
  placement.kind === "stateless" || (placement.kind === "stateful" && placement.replicas > 1);

/** Over zones, and within them over hosts; a cluster with one of them still takes every pod. */
const spread = ({ name, placement }: WorkloadSpec, { stack }: Stack) =>
  ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: selectorLabels(name, stack) },
    // The pods of the release that leaves do not count; a StatefulSet has no others.
    ...(placement.kind === "stateless" ? { matchLabelKeys: ["pod-template-hash"] } : {}),
  }));

type PodVolume = { readonly name: string } & (
  | { readonly emptyDir: { readonly medium: string; readonly sizeLimit: string } }
  | { readonly hostPath: { readonly path: string; readonly type: string } }
);

/** Persistent volumes are claimed by the StatefulSet instead. */
function podVolume(volume: Volume): readonly PodVolume[] {
  switch (volume.kind) {
    case "persistent":
      return [];
    case "scratch":
      return [{ name: volume.name, emptyDir: { medium: "Memory", sizeLimit: `${volume.sizeMiB}Mi` } }];
    case "host":
      // What is only read must be there already, as a folder or a socket: any type will do.
      return [
        { name: volume.name, hostPath: { path: volume.hostPath, type: volume.readOnly ? "" : "DirectoryOrCreate" } },
      ];
  }
}

const volumeMount = (volume: Volume) => ({
  name: volume.name,
  mountPath: volume.path,
  ...(volume.kind === "host" && volume.readOnly
    ? // File systems that the host mounts later are seen too.
      { readOnly: true, mountPropagation: "HostToContainer" }
    : { readOnly: false }),
});
