import type { Exposure, LogLevel } from "../../components/workload/index.ts";

/**
 * A workload in words that no target owns: what a spec states, and what a reader found in a target's resources. The two
 * are compared as they are, so every field is plain, and lists that have no order are sorted.
 */
export interface Observed {
  /** Name under which the other members find it; null: none does. */
  readonly address: string | null;
  readonly image: string;
  /** Null: the image's own. */
  readonly command: readonly string[] | null;
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly secretVariables: Readonly<Record<string, HeldSecret>>;
  /** Content by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly secretFiles: Readonly<Record<string, HeldSecret>>;
  /** Folders of the image whose content lies hidden under the workload's files. */
  readonly hiddenFolders: readonly string[];
  /** Levels that its product understands; null for a product that nobody knows. */
  readonly logLevel: readonly LogLevel[] | null;
  /** By number. */
  readonly ports: Readonly<Record<string, ObservedExposure>>;
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
  /** By the member that comes first: when that is kept. */
  readonly startsAfter: Readonly<Record<string, "every start" | "update">>;
  readonly internet: Internet;
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
  /** `open`: others than the workload can read it. */
  readonly held: "reference" | "value" | "open";
}

/** `cluster`: for everybody beside the platform's members, but not for customers. */
export type ObservedExposure = Exposure | "cluster";

export type Internet = "none" | "HTTPS" | "public addresses" | "public addresses, HTTPS everywhere" | "everything";

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
  readonly target:
    | { readonly metric: "cpu"; readonly percent: number }
    | { readonly metric: "requests"; readonly perSecond: number }
    | { readonly metric: "requests"; readonly perMinute: number }
    | null;
}

export interface ObservedRollout {
  /** Instances above the wanted number while it runs; 0 where the old stops first. */
  readonly surge: Span;
  /** Instances below the wanted number while it runs. */
  readonly unavailable: Span;
  readonly rollbackOnFailure: boolean;
  /** What is over when it has passed: the rollout itself, or only the wait for it. */
  readonly progressDeadline: { readonly seconds: number; readonly ends: "rollout" | "wait" } | null;
  readonly revisionsKept: number | "all" | null;
  readonly stopGracePeriod: number;
}

/** A number that may depend on how many instances (or hosts) there are. */
export interface Span {
  readonly atMinimum: number;
  readonly atMaximum: number;
}

export const always = (count: number): Span => ({ atMinimum: count, atMaximum: count });

export type ObservedVolume =
  /** `sharedGiB`: size of the disk that it shares without a size of its own. */
  | { readonly kind: "persistent"; readonly sizeGiB: number | null; readonly sharedGiB: number | null }
  | { readonly kind: "scratch"; readonly sizeMiB: number }
  | { readonly kind: "host"; readonly hostPath: string; readonly readOnly: boolean };

export const sorted = (values: Iterable<string>): readonly string[] => [...new Set(values)].sort();

export const fixed = (replicas: number): ObservedScaling => ({ minimum: replicas, maximum: replicas, target: null });
