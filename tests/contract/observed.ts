import {
  type Check,
  type Exposure,
  imageReference,
  type ManagedService,
  type Probe,
  portNamed,
  type ScalingTarget,
  secretFileText,
  type WorkloadSpec,
} from "../../components/workload/index.ts";
import { secretMark } from "../support/render.ts";

/**
 * A workload in words that no target owns: what a spec states, and what a reader found in a target's resources. The two
 * are compared as they are, so every field is plain, and lists that have no order are sorted.
 */
export interface Observed {
  readonly image: string;
  /** Null: the image's own. */
  readonly command: readonly string[] | null;
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly secretVariables: Readonly<Record<string, HeldSecret>>;
  /** Content by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly secretFiles: Readonly<Record<string, HeldSecret>>;
  /** Exposure by number. */
  readonly ports: Readonly<Record<string, Exposure>>;
  readonly probes: {
    readonly liveness: ObservedProbe | null;
    readonly readiness: ObservedProbe | null;
    readonly startup: ObservedProbe | null;
  };
  readonly placement: {
    readonly kind: "replicas" | "per-host";
    readonly scaling: ObservedScaling;
    readonly rollout: ObservedRollout;
  };
  readonly resources: {
    readonly cpu: { readonly request: number; readonly limit: number | null };
    readonly memory: { readonly request: number; readonly limit: number | null };
  };
  readonly user: { readonly uid: number; readonly gid: number; readonly rootReason: string | null };
  readonly readOnlyRootFilesystem: boolean;
  /** Rights beyond the user's: none, always. */
  readonly privileges: readonly string[];
  /** By path. */
  readonly volumes: Readonly<Record<string, ObservedVolume>>;
  /** `database:5432`. */
  readonly connectsTo: readonly string[];
  readonly startsAfter: readonly string[];
  readonly internet: boolean;
  readonly kubernetesAccess: {
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
    readonly scope: "namespace" | "cluster";
  } | null;
  readonly cloudAccess: string | null;
}

/** `text`: with the secret's mark in its place. `value`: it stands, encrypted, in the workload's own resource. */
export interface HeldSecret {
  readonly text: string;
  readonly held: "reference" | "value" | "plain";
}

export interface ObservedProbe {
  /** `http 8000 /health`, `tcp 6379`, `command redis-cli ping`. */
  readonly check: string;
  readonly by: "wget" | "probe-binary" | "kubelet" | "load balancer" | "command";
  readonly interval: number;
  readonly timeout: number;
  readonly failureThreshold: number;
}

export interface ObservedScaling {
  readonly minimum: number;
  readonly maximum: number;
  readonly target: ScalingTarget | null;
}

export interface ObservedRollout {
  /** Instances above the wanted number while it runs; 0 where the old stops first. */
  readonly surge: number;
  readonly unavailable: number;
  readonly rollbackOnFailure: boolean;
  readonly progressDeadline: number | null;
  readonly revisionsKept: number | "all" | null;
  readonly stopGracePeriod: number;
}

export type ObservedVolume =
  | { readonly kind: "persistent"; readonly sizeGiB: number | null }
  | { readonly kind: "scratch"; readonly sizeMiB: number }
  | { readonly kind: "host"; readonly hostPath: string; readonly readOnly: boolean };

type Member = WorkloadSpec | ManagedService;

/** What a spec states. `members` are all of its platform. */
export function stated(spec: WorkloadSpec, members: readonly Member[]): Observed {
  const { user, probes, resources, kubernetesAccess } = spec;
  return {
    image: imageReference(spec.image),
    command: spec.command ?? null,
    args: spec.args,
    variables: spec.variables,
    secretVariables: byKey(spec.secretVariables, ({ name, secret }) => [name, reference(secretMark(secret))]),
    files: byKey(spec.files, ({ path, content }) => [path, content]),
    secretFiles: byKey(spec.secretFiles, (file) => [
      file.path,
      reference(secretFileText(file, secretMark(file.secret))),
    ]),
    ports: byKey(spec.ports, ({ number, exposure }) => [String(number), exposure]),
    probes: {
      liveness: statedProbe(probes.liveness, spec),
      readiness: statedProbe(probes.readiness, spec),
      startup: probes.startup === undefined ? null : statedProbe(probes.startup, spec),
    },
    placement: statedPlacement(spec),
    resources: { cpu: { ...resources.cpu }, memory: { ...resources.memory } },
    user:
      user.kind === "root"
        ? { uid: 0, gid: 0, rootReason: user.reason }
        : { uid: user.uid, gid: user.gid, rootReason: null },
    readOnlyRootFilesystem: spec.readOnlyRootFilesystem,
    privileges: [],
    volumes: byKey(spec.volumes, (volume) => [volume.path, statedVolume(volume)]),
    connectsTo: sorted(spec.connectsTo.map(({ to, port }) => `${to}:${portOf(to, port, members)}`)),
    startsAfter: sorted(spec.startsAfter),
    internet: spec.internet,
    kubernetesAccess:
      kubernetesAccess === undefined
        ? null
        : {
            resources: sorted(kubernetesAccess.resources),
            verbs: sorted(kubernetesAccess.verbs),
            scope: kubernetesAccess.scope,
          },
    cloudAccess: spec.cloudAccess ?? null,
  };
}

export const sorted = (values: Iterable<string>): readonly string[] => [...new Set(values)].sort();

const byKey = <T, V>(values: readonly T[], entry: (value: T) => [string, V]): Readonly<Record<string, V>> =>
  Object.fromEntries(values.map(entry));

const reference = (text: string): HeldSecret => ({ text, held: "reference" });

function statedProbe({ check, interval, timeout, failureThreshold }: Probe, spec: WorkloadSpec): ObservedProbe {
  return {
    check: checkText(check, spec),
    by: check.kind === "command" ? "command" : check.kind === "tcp" ? "probe-binary" : spec.probes.tool,
    interval: interval.seconds,
    timeout: timeout.seconds,
    failureThreshold,
  };
}

function checkText(check: Check, spec: WorkloadSpec): string {
  if (check.kind === "command") return ["command", ...check.command].join(" ");
  const { number } = portNamed(spec, check.port);
  return check.kind === "tcp" ? `tcp ${number}` : `http ${number} ${check.path}`;
}

function statedPlacement({ placement }: WorkloadSpec): Observed["placement"] {
  const { rollbackOnFailure, progressDeadline, revisionsKept, stopGracePeriod } = placement.rollout;
  const common = {
    rollbackOnFailure,
    progressDeadline: progressDeadline.seconds,
    revisionsKept,
    stopGracePeriod: stopGracePeriod.seconds,
  };
  switch (placement.kind) {
    case "stateless": {
      const { surge, unavailable } = placement.rollout;
      return {
        kind: "replicas",
        scaling: statedScaling(placement.scaling),
        rollout: { surge, unavailable, ...common },
      };
    }
    case "stateful":
      return { kind: "replicas", scaling: fixed(placement.replicas), rollout: { surge: 0, unavailable: 1, ...common } };
    case "per-host":
      return {
        kind: "per-host",
        scaling: fixed(1),
        rollout: { surge: 0, unavailable: placement.rollout.unavailable, ...common },
      };
  }
}

export const fixed = (replicas: number): ObservedScaling => ({ minimum: replicas, maximum: replicas, target: null });

function statedScaling(scaling: Extract<WorkloadSpec["placement"], { kind: "stateless" }>["scaling"]): ObservedScaling {
  if (scaling.kind === "fixed") return fixed(scaling.replicas);
  return { minimum: scaling.minimum, maximum: scaling.maximum, target: scaling.target };
}

function statedVolume(volume: WorkloadSpec["volumes"][number]): ObservedVolume {
  switch (volume.kind) {
    case "persistent":
      return { kind: "persistent", sizeGiB: volume.sizeGiB };
    case "scratch":
      return { kind: "scratch", sizeMiB: volume.sizeMiB };
    case "host":
      return { kind: "host", hostPath: volume.hostPath, readOnly: volume.readOnly };
  }
}

function portOf(to: string, port: string, members: readonly Member[]): number {
  const member = members.find(({ name }) => name === to);
  if (member === undefined) throw new Error(`no member ${to}`);
  return member.kind === "managed" ? member.port : portNamed(member, port).number;
}

/** Turns a health command back into what it asks and with what; `hasBinary`: the probe binary is where it is called. */
export function readHealthCommand(
  words: readonly string[],
  hasBinary: boolean,
): Pick<ObservedProbe, "check" | "by"> & { readonly patience: number | null } {
  const [program, ...rest] = words;
  const last = rest.at(-1) ?? "";
  if (program === "wget") return { check: urlText(last), by: "wget", patience: Number(rest[rest.indexOf("-T") + 1]) };
  if (program === "/probe/probe") {
    if (!hasBinary) return { check: "the probe binary is missing", by: "probe-binary", patience: null };
    const [kind, address = ""] = rest;
    const check = kind === "tcp" ? `tcp ${address.split(":").at(-1)}` : urlText(address);
    return { check, by: "probe-binary", patience: Number(last) };
  }
  return { check: ["command", ...words].join(" "), by: "command", patience: null };
}

function urlText(address: string): string {
  const [, port, path] = /^http:\/\/127\.0\.0\.1:(\d+)(\/.*)$/.exec(address) ?? [];
  return port === undefined ? `not understood: ${address}` : `http ${port} ${path}`;
}

/** Seconds of `5s`, `1m30s`, `1h0m0s`. */
export function secondsOf(duration: string): number {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };
  return [...duration.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? Number.NaN),
    0,
  );
}
