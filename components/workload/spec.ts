import { posix } from "node:path";
import type { SecretAgent } from "./agent.ts";
import { isLonger } from "./duration.ts";
import type { ConfigFile } from "./file.ts";
import type { Image } from "./image.ts";
import type { Logs } from "./logs.ts";
import type { Port } from "./port.ts";
import type { Check, Probes } from "./probe.ts";
import { timeToReady } from "./probe.ts";
import { InvalidSpec } from "./problem.ts";
import type { Resources } from "./resources.ts";
import type { PerHostRollout, RollingRollout, Rollout, StopFirstRollout } from "./rollout.ts";
import { minimumReplicas, type Scaling } from "./scaling.ts";
import type { Scrape } from "./scrape.ts";
import type { SecretFile, SecretVariable } from "./secret.ts";
import type { User } from "./user.ts";
import { isPersistent, type Volume } from "./volume.ts";

/** Where and how often a workload runs, and how it is replaced: the three go together. */
export type Placement =
  | { readonly kind: "stateless"; readonly scaling: Scaling; readonly rollout: RollingRollout }
  | { readonly kind: "stateful"; readonly replicas: number; readonly rollout: StopFirstRollout }
  | { readonly kind: "per-host"; readonly rollout: PerHostRollout };

/** A connection that a workload opens; nothing else inside the platform is reachable for it. */
export interface Connection {
  readonly to: string;
  /** Name of one of the other's ports. */
  readonly port: string;
}

/** Part of the platform that a workload belongs to: its parent in the component tree. */
export type Part = "application" | "monitoring" | "logging";

/** Kubernetes objects that a workload may read, cluster-wide or in its namespace; for what discovers pods. */
export interface KubernetesAccess {
  readonly resources: readonly string[];
  readonly verbs: readonly ("get" | "list" | "watch")[];
  readonly scope: "namespace" | "cluster";
}

/** What a workload asks of the cloud's own API, where its target is one: the log store's bucket, or the list of the stack's hosts. */
export type CloudAccess = "log-store" | "host-discovery";

/**
 * One container of the platform, described once for every target: the contract of design.md.
 * Made by {@link workload}, which refuses what cannot be.
 */
export interface WorkloadSpec {
  readonly kind: "workload";
  /** A DNS label of at most 30 characters; also its address inside the platform. */
  readonly name: string;
  readonly part: Part;
  readonly image: Image;
  /** Replaces the image's entry point. */
  readonly command?: readonly string[];
  readonly args: readonly string[];
  /** Plain environment variables; secrets go into `secretVariables`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly secretVariables: readonly SecretVariable[];
  readonly files: readonly ConfigFile[];
  readonly secretFiles: readonly SecretFile[];
  /** Writes the secret files that Vault holds; a stack's description adds it (components/vault/). */
  readonly agent?: SecretAgent;
  readonly ports: readonly Port[];
  readonly probes: Probes;
  readonly placement: Placement;
  readonly resources: Resources;
  readonly user: User;
  readonly readOnlyRootFilesystem: boolean;
  readonly volumes: readonly Volume[];
  readonly logs: Logs;
  readonly scrape?: Scrape;
  readonly connectsTo: readonly Connection[];
  /** Workloads and managed services that are started first. */
  readonly startsAfter: readonly string[];
  /** Opens connections to the internet (exchange, PagerDuty, Slack …). */
  readonly internet: boolean;
  readonly kubernetesAccess?: KubernetesAccess;
  readonly cloudAccess?: CloudAccess;
}

/** Checks what must hold inside one workload; throws {@link InvalidSpec} with every problem at once. */
export function workload(spec: Omit<WorkloadSpec, "kind">): WorkloadSpec {
  const found = [
    ...nameProblems(spec),
    ...userProblems(spec),
    ...variableProblems(spec),
    ...portProblems(spec),
    ...volumeProblems(spec),
    ...pathProblems(spec),
    ...templateProblems(spec),
    ...liveProblems(spec),
    ...deadlineProblems(spec),
  ];
  if (found.length > 0) {
    throw new InvalidSpec([`workload ${spec.name}:`, ...found.map((problem) => `  ${problem}`)].join("\n"));
  }
  return { kind: "workload", ...spec };
}

export const rolloutOf = ({ placement }: Pick<WorkloadSpec, "placement">): Rollout => placement.rollout;

/** How many instances there are at least; once a host counts as one. */
export function replicasOf({ placement }: Pick<WorkloadSpec, "placement">): number {
  if (placement.kind === "stateless") return minimumReplicas(placement.scaling);
  return placement.kind === "stateful" ? placement.replicas : 1;
}

/** Why one replica is enough, where the workload has one and says it. */
export function singleReasonOf({ placement }: Pick<WorkloadSpec, "placement">): string | undefined {
  if (placement.kind !== "stateless" || placement.scaling.kind !== "fixed") return undefined;
  return placement.scaling.replicas === 1 ? placement.scaling.singleReason : undefined;
}

/** The port of that name; throws for a name that the workload does not have. */
export function portNamed({ name, ports }: Pick<WorkloadSpec, "name" | "ports">, wanted: string): Port {
  const found = ports.find((candidate) => candidate.name === wanted);
  if (found === undefined) throw new InvalidSpec(`workload ${name}: has no port named "${wanted}"`);
  return found;
}

type Draft = Omit<WorkloadSpec, "kind">;

function nameProblems({ name }: Draft): string[] {
  return /^(?=.{1,30}$)[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(name)
    ? []
    : [`name "${name}" must be a DNS label of at most 30 characters (ECS and AWS load balancers append to it)`];
}

/** Root goes by its own kind alone, which asks for a reason. */
const userProblems = ({ user }: Draft): string[] =>
  user.kind === "non-root" && user.uid === 0 ? ["user: uid 0 is root; state kind root with a reason"] : [];

const variableProblems = ({ variables, secretVariables }: Draft): string[] =>
  duplicates([...Object.keys(variables), ...secretVariables.map(({ name }) => name)]).map(
    (name) => `variable ${name} is stated twice`,
  );

function portProblems({ ports, probes, scrape }: Draft): string[] {
  const names = ports.map((port) => port.name);
  const checks: readonly Check[] = [probes.liveness, probes.readiness, ...(probes.startup ? [probes.startup] : [])].map(
    (probe) => probe.check,
  );
  const asked = checks.flatMap((check) => (check.kind === "command" ? [] : [{ by: "a probe", port: check.port }]));
  if (scrape !== undefined) asked.push({ by: "scrape", port: scrape.port });
  return [
    ...duplicates(names).map((port) => `port name "${port}" stands twice`),
    ...duplicates(ports.map((port) => String(port.number))).map((port) => `port ${port} stands twice`),
    ...asked
      .filter(({ port }) => !names.includes(port))
      .map(({ by, port }) => `${by} asks port "${port}"; there is ${names.join(", ") || "none"}`),
  ];
}

function volumeProblems({ volumes, placement }: Draft): string[] {
  return [
    ...duplicates(volumes.map((volume) => volume.name)).map((volume) => `volume "${volume}" stands twice`),
    ...(placement.kind !== "stateful" && volumes.some(isPersistent)
      ? [`a ${placement.kind} workload owns no persistent volume: two instances would write to it; make it stateful`]
      : []),
  ];
}

function pathProblems({ files, secretFiles, volumes }: Draft): string[] {
  const paths = [...files, ...secretFiles, ...volumes].map((entry) => entry.path);
  return [
    ...duplicates(paths).map((path) => `path ${path} is used twice`),
    ...paths
      .filter((path) => !/^\/[^\s:]*$/.test(path))
      .map((path) => `path "${path}" must be absolute, without spaces and colons`),
  ];
}

const templateProblems = ({ secretFiles }: Draft): string[] =>
  secretFiles
    .filter(({ template = "{}" }) => template.split("{}").length !== 2)
    .map(({ path }) => `the template of ${path} must hold {} exactly once, where the secret goes`);

/** A folder is one mount, which is either changed under the running process or made anew with it. */
function liveProblems({ files, secretFiles }: Draft): string[] {
  const fixed = [...files, ...secretFiles.filter(({ live }) => live !== true)].map(({ path }) => posix.dirname(path));
  return secretFiles
    .filter(({ live, path }) => live === true && fixed.some((folder) => areNested(folder, posix.dirname(path))))
    .map(({ path }) => `${path} is live and shares its folder with a file that is not; give it a folder of its own`);
}

const areNested = (one: string, other: string): boolean =>
  `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);

function deadlineProblems({ probes, placement }: Draft): string[] {
  const ready = timeToReady(probes);
  const deadline = placement.rollout.progressDeadline;
  return isLonger(deadline, ready)
    ? []
    : [
        `progressDeadline ${deadline.seconds} s must be longer than the time to ready, ${ready.seconds} s, or a good release counts as failed`,
      ];
}

const duplicates = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];
