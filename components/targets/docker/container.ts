import { minimumReplicas, rootReasonLabel, type User, type WorkloadSpec } from "../../workload/index.ts";
import { healthCheck } from "./health.ts";
import { type Label, labelsOf, type Naming } from "./names.ts";
import { publishedPorts } from "./ports.ts";
import type { DockerSection } from "./section.ts";

/** What a container is given that is plain and known before anything is made; policies judge it at preview. */
export function containerSettings(spec: WorkloadSpec, section: DockerSection, naming: Naming) {
  const { command, args, placement, user } = spec;
  const stopSeconds = placement.rollout.stopGracePeriod.seconds;
  return {
    ...(command === undefined ? {} : { entrypoints: [...command] }),
    ...(args.length === 0 ? {} : { command: [...args] }),
    // No hostname: Docker answers to it on every network, so a server's name would lead to where its clients are shut out.
    user: userText(user),
    labels: containerLabels(spec, naming),
    healthcheck: healthCheck(spec),
    wait: true,
    waitTimeout: Math.ceil(placement.rollout.progressDeadline.seconds),
    restart: "unless-stopped",
    stopTimeout: stopSeconds,
    destroyGraceSeconds: stopSeconds,
    // Reaps what a check or an entry point leaves behind; passes the stop signal on.
    init: true,
    readOnly: spec.readOnlyRootFilesystem,
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges:true"],
    ...limits(spec),
    ulimits: [{ name: "nproc", soft: processLimit, hard: processLimit }],
    ...privilegedPorts(spec),
    tmpfs: scratchFolders(spec),
    ports: publishedPorts(spec, section),
    // Promtail reads the files that this driver writes; their size on the host is bounded.
    logDriver: "json-file",
    logOpts: { "max-size": "10m", "max-file": "3" },
  };
}

/**
 * An eighth of the process numbers of a small machine (32,768, kernel.org "pid_max"): what spawns without end stops there.
 * The provider has no limit of a container's own; the kernel counts the threads of a user in all containers together, and
 * root's not at all. The platform's busiest user has about a hundred.
 */
const processLimit = 4096;

/** How many containers: Docker scales nothing by itself, so the minimum. */
export function containerCount({ placement }: Pick<WorkloadSpec, "placement">): number {
  if (placement.kind === "stateless") return minimumReplicas(placement.scaling);
  return placement.kind === "stateful" ? placement.replicas : 1;
}

const userText = (user: User): string => (user.kind === "root" ? "0:0" : `${user.uid}:${user.gid}`);

/** Why secrets stand in plain variables: a listed difference. The policy prints it. */
const plainSecretsReasonLabel = "trading-platform/plain-secrets-reason";
const plainSecretsReason = "a daemon outside a swarm holds no secrets; the state holds them encrypted";
export const plainSecrets: Label = { label: plainSecretsReasonLabel, value: plainSecretsReason };

/** The version is the image's own, not the release's: a change of label makes a container anew. */
function containerLabels({ name, image, user, secretVariables }: WorkloadSpec, naming: Naming): Label[] {
  return [
    ...labelsOf(naming, name),
    { label: "version", value: image.version },
    ...(user.kind === "root" ? [{ label: rootReasonLabel, value: user.reason }] : []),
    ...(secretVariables.length > 0 ? [plainSecrets] : []),
  ];
}

/** Docker weighs CPU in 1024ths of a core, and takes memory in MiB. Swap is none: a container over its limit is ended, not slow. */
function limits({ resources: { cpu, memory } }: WorkloadSpec) {
  return {
    cpuShares: Math.round((cpu.request * 1024) / 1000),
    cpus: String(cpu.limit / 1000),
    memoryReservation: memory.request,
    memory: memory.limit,
    memorySwap: memory.limit,
  };
}

/** Lets a process that is not root and has no capabilities listen on 80 and 443; holds in the container's own network only. */
const privilegedPorts = ({ ports }: WorkloadSpec) =>
  ports.some(({ number }) => number < 1024) ? { sysctls: { "net.ipv4.ip_unprivileged_port_start": "0" } } : {};

/**
 * The owner is said, because runc before 1.2 gives the mount the mode of the image's folder, if there is one, instead of
 * the mode that is asked for: then only the owner may write.
 */
function scratchFolders({ volumes, user }: WorkloadSpec): Record<string, string> {
  const owner = user.kind === "root" ? "" : `,uid=${user.uid},gid=${user.gid}`;
  return Object.fromEntries(
    volumes.flatMap((volume) =>
      volume.kind === "scratch"
        ? [[volume.path, `rw,noexec,nosuid,nodev,size=${volume.sizeMiB}m,mode=1777${owner}`]]
        : [],
    ),
  );
}
