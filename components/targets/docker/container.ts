import { posix } from "node:path";
import {
  contentHash,
  imageReference,
  replicasOf,
  rolloutOf,
  rootReasonLabel,
  type WorkloadSpec,
} from "../../workload/index.ts";
import { healthCheck } from "./health.ts";
import { publishedPorts, publishes } from "./ports.ts";
import type { DockerSection } from "./section.ts";

/** A container's inputs, all but what needs other resources or secrets. */
export function containerInputs(spec: WorkloadSpec, section: DockerSection) {
  const { resources, user, volumes } = spec;
  const rollout = rolloutOf(spec);
  const stopSeconds = rollout.stopGracePeriod.seconds;
  return {
    ...(spec.command === undefined ? {} : { entrypoints: [...spec.command] }),
    command: [...spec.args],
    hostname: spec.name,
    init: true,
    restart: "unless-stopped",
    mustRun: true,
    wait: true,
    waitTimeout: rollout.progressDeadline.seconds,
    stopTimeout: stopSeconds,
    destroyGraceSeconds: stopSeconds,
    healthcheck: healthCheck(spec),
    user: user.kind === "root" ? "0:0" : `${user.uid}:${user.gid}`,
    readOnly: spec.readOnlyRootFilesystem,
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges:true"],
    sysctls: spec.ports.some((port) => port.number < 1024) ? { "net.ipv4.ip_unprivileged_port_start": "0" } : {},
    cpus: String(resources.cpu.limit / 1000),
    // Docker weighs by 1024 a core.
    cpuShares: Math.max(2, Math.round((resources.cpu.request / 1000) * 1024)),
    memory: resources.memory.limit,
    // The same as memory: no swap.
    memorySwap: resources.memory.limit,
    memoryReservation: resources.memory.request,
    ports: publishedPorts(spec, section),
    mounts: volumes.flatMap((volume) =>
      volume.kind === "scratch"
        ? [
            {
              type: "tmpfs",
              target: volume.path,
              tmpfsOptions: { sizeBytes: volume.sizeMiB * 1024 * 1024, mode: worldWritable },
            },
          ]
        : [],
    ),
    logDriver: "json-file",
    logOpts: { "max-size": "10m", "max-file": "3", labels: "project,stack,component" },
  };
}

/** 1777 in octal, as /tmp has it. */
const worldWritable = 0o1777;

/** What everything of a workload carries; by it, what the state does not know is found. */
export function labelsOf(spec: WorkloadSpec, stack: string, environment: string, version: string) {
  const labels = {
    project: "trading-platform",
    stack,
    environment,
    component: spec.name,
    part: spec.part,
    version,
    ...(spec.user.kind === "root" ? { [rootReasonLabel]: spec.user.reason } : {}),
  };
  return Object.entries(labels).map(([label, value]) => ({ label, value }));
}

/** Folders that hold a workload's files: each is a volume, because the daemon uploads into no read-only root. */
export function fileFolders(spec: WorkloadSpec): readonly string[] {
  return [...new Set([...spec.files, ...spec.secretFiles].map(({ path }) => posix.dirname(path)))].sort();
}

/** Part of the name of the folders' volumes: another content is another volume, so the old container keeps its own. */
export const filesHash = (spec: WorkloadSpec): string =>
  contentHash([
    ...spec.files,
    ...spec.secretFiles.map(({ path, secret, template }) => ({ path, content: `${secret} ${template ?? ""}` })),
  ]);

/** Names of a workload's containers in the program: the first bears the workload's. */
export const instanceNames = (spec: WorkloadSpec): readonly string[] =>
  Array.from({ length: replicasOf(spec) }, (_, index) => (index === 0 ? spec.name : `${spec.name}-${index + 1}`));

/** The pulled reference of the workload's image. */
export const imageOf = (spec: WorkloadSpec): string => imageReference(spec.image);

/** Owns what its successor needs too (a volume, a host port, a folder that it writes): it stops before the other starts. */
export const ownsAlone = (spec: WorkloadSpec): boolean =>
  spec.placement.kind === "stateful" ||
  publishes(spec) ||
  spec.volumes.some((volume) => volume.kind === "host" && !volume.readOnly);
