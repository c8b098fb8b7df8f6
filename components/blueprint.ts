import type { Product, Settings } from "./settings.ts";
import {
  type Connection,
  fromOrigin,
  type Image,
  image,
  inRegistry,
  type Logs,
  minutes,
  type PerHostRollout,
  type Probe,
  type Probes,
  type ProbeTool,
  probe,
  probes,
  type RollingRollout,
  rollout,
  type SecretName,
  type SecretVariable,
  type StopFirstRollout,
  seconds,
  type User,
  type Volume,
} from "./workload/index.ts";

/** What every function that describes a workload starts from. */
export interface Blueprint {
  readonly settings: Settings;
  /** Name under which a member of the platform is reached on the stack's target. */
  address(member: string): string;
}

export function blueprint(settings: Settings): Blueprint {
  return { settings, address: (member) => settings.target.address(member, settings.stack) };
}

/** Where the makers publish; versions are settings. */
const repositories: Readonly<Record<Product, string>> = {
  nginx: "docker.io/library/nginx",
  postgres: "docker.io/library/postgres",
  redis: "docker.io/library/redis",
  prometheus: "docker.io/prom/prometheus",
  alertmanager: "docker.io/prom/alertmanager",
  grafana: "docker.io/grafana/grafana",
  loki: "docker.io/grafana/loki",
  promtail: "docker.io/grafana/promtail",
  nodeExporter: "docker.io/prom/node-exporter",
  redisExporter: "docker.io/oliver006/redis_exporter",
  postgresExporter: "docker.io/prometheuscommunity/postgres-exporter",
  blackboxExporter: "docker.io/prom/blackbox-exporter",
  cadvisor: "gcr.io/cadvisor/cadvisor",
  kubeStateMetrics: "registry.k8s.io/kube-state-metrics/kube-state-metrics",
};

/** The pinned image of a third-party product, from where the stack has such images. */
export const productImage = ({ settings: { images } }: Blueprint, product: Product): Image =>
  fromOrigin(image({ repository: repositories[product], version: images.versions[product] }), images);

/** What is built from this checkout's services/. */
export const ownServices = ["backend", "frontend", "backup", "alert-sink"] as const;
export type OwnService = (typeof ownServices)[number];

/** An image of our own, in the release's version. */
export const ownImage = ({ settings: { images } }: Blueprint, service: OwnService): Image => released(images, service);

/** The static probe binary, for images that have neither shell nor wget. */
export const probeImage = ({ images }: Settings): Image => released(images, "probe");

function released({ application, version, digests = {}, registry }: Settings["images"], service: string): Image {
  const digest = Object.hasOwn(digests, service) ? digests[service] : undefined;
  const pinned = { repository: `${application}/${service}`, version, ...(digest === undefined ? {} : { digest }) };
  return mirrored(image(pinned), registry);
}

/** Repository prefixes that the stack's images come from: its registry, its mirror, or where each maker publishes. */
export function imageSources({ images, target, vault }: Settings): readonly string[] {
  const { registry, application, mirror } = images;
  if (registry !== undefined) return [registry];
  if (mirror !== undefined) return [application, mirror];
  return [
    application,
    ...Object.values(repositories),
    ...target.ownImages.map(({ repository }) => repository),
    ...(vault === undefined ? [] : [vault.image.repository]),
  ];
}

const mirrored = (original: Image, registry: string | undefined): Image =>
  registry === undefined ? original : inRegistry(original, registry);

export const logsOf = ({ settings }: Blueprint, format: Logs["format"]): Logs => ({
  level: settings.logs.level,
  format,
});

/** `nobody`, as the Prometheus project's images have it. */
export const nobody: User = { kind: "non-root", uid: 65_534, gid: 65_534 };

/** The user that the application's own images are built with. */
export const applicationUser: User = { kind: "non-root", uid: 10_001, gid: 10_001 };

/** A secret that a program takes as the variable, or from the file that `<name>_FILE` names. */
export const orFile = (name: string, secret: SecretName): SecretVariable => ({
  name,
  secret,
  asFile: { variable: `${name}_FILE` },
});

export const connection = (to: string, port: string): Connection => ({ to, port });

interface HttpProbes {
  readonly port: string;
  readonly liveness: string;
  readonly readiness: string;
  readonly tool: ProbeTool;
  /** How long the start may take; default: as long as readiness has patience. */
  readonly startMinutes?: number;
}

/**
 * The usual probes over HTTP. Readiness takes an instance out within 17 s; liveness, the harsher remedy, waits a minute.
 * 5 s and 2 s are the shortest that ECS offers and this platform uses.
 */
export function httpProbes({ port, liveness, readiness, tool, startMinutes }: HttpProbes): Probes {
  const ask = (path: string): Probe["check"] => ({ kind: "http", path, port });
  return checkedBy(ask(liveness), ask(readiness), tool, startMinutes);
}

/**
 * The same timings around any two checks. Startup asks what liveness does: who fails it is killed, on Kubernetes, and a
 * server that reads its log for longer than expected, after a crash, would begin anew for ever. Until it is ready it gets no traffic.
 */
export function checkedBy(
  liveness: Probe["check"],
  readiness: Probe["check"],
  tool: ProbeTool,
  startMinutes?: number,
): Probes {
  return probes({
    liveness: probe({ check: liveness, interval: seconds(15), timeout: seconds(5), failureThreshold: 4 }),
    readiness: probe({ check: readiness, interval: seconds(5), timeout: seconds(2), failureThreshold: 3 }),
    ...(startMinutes === undefined ? {} : { startup: startupProbe(liveness, startMinutes) }),
    tool,
  });
}

const startupProbe = (check: Probe["check"], startMinutes: number): Probe =>
  probe({ check, interval: seconds(5), timeout: seconds(2), failureThreshold: startMinutes * 12 });

/** One new instance at a time, none missing. */
export function rolling({ settings }: Blueprint, stopSeconds = 30): RollingRollout {
  return rollout({
    strategy: "rolling",
    surge: 1,
    unavailable: 0,
    rollbackOnFailure: true,
    progressDeadline: minutes(5),
    revisionsKept: settings.images.rollbackDepth,
    stopGracePeriod: seconds(stopSeconds),
  });
}

/** For the owner of a volume: databases get time to write it down. */
export function stopFirst({ settings }: Blueprint, stopSeconds = 60): StopFirstRollout {
  return rollout({
    strategy: "stop-first",
    rollbackOnFailure: true,
    progressDeadline: minutes(10),
    revisionsKept: settings.images.rollbackDepth,
    stopGracePeriod: seconds(stopSeconds),
  });
}

export function perHost({ settings }: Blueprint, stopSeconds = 30): PerHostRollout {
  return rollout({
    strategy: "per-host",
    unavailable: 1,
    rollbackOnFailure: true,
    progressDeadline: minutes(5),
    revisionsKept: settings.images.rollbackDepth,
    stopGracePeriod: seconds(stopSeconds),
  });
}

/** Where a container finds the socket of the runtime that runs it, if {@link runtimeSocket} is among its volumes. */
export const runtimeSocketPath = "/var/run/docker.sock";

/** The container runtime's socket, for what finds containers by it. */
export const runtimeSocket = ({ runtimeSocket: hostPath }: Settings["target"]): Volume => ({
  kind: "host",
  name: "socket",
  path: runtimeSocketPath,
  hostPath,
  readOnly: true,
});

/** What most workloads do not have; spread into a spec, then state the rest. */
export const plain = {
  args: [],
  variables: {},
  secretVariables: [],
  files: [],
  secretFiles: [],
  readOnlyRootFilesystem: true,
  volumes: [],
  connectsTo: [],
  startsAfter: [],
  internet: false,
} as const;
