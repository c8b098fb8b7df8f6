import type { WorkloadSpec } from "../../../components/workload/index.ts";
import { change, changeRollout, only } from "../change.ts";
import type { Allowance, Elsewhere } from "../compare.ts";
import { always, type Observed, type ObservedExposure, sorted } from "../observed.ts";

const hasPublicPort = ({ ports }: WorkloadSpec): boolean => ports.some(({ exposure }) => exposure === "public");

/** A rolling workload that customers do not reach owns no port of the host. */
const ownsHostPort = (spec: WorkloadSpec): boolean =>
  spec.ports.some(({ exposure }) => exposure !== "internal") &&
  (spec.placement.kind !== "stateless" || hasPublicPort(spec));

const writesToHost = ({ volumes }: WorkloadSpec): boolean =>
  volumes.some((volume) => volume.kind === "host" && !volume.readOnly);

const stopsFirst = (spec: WorkloadSpec): boolean =>
  spec.placement.kind === "stateful" || ownsHostPort(spec) || writesToHost(spec);

/** There is no more than the minimum. */
function count({ placement }: WorkloadSpec): number {
  if (placement.kind === "per-host") return 1;
  if (placement.kind === "stateful") return placement.replicas;
  return placement.scaling.kind === "fixed" ? placement.scaling.replicas : placement.scaling.minimum;
}

const asValues = (secrets: Observed["secretFiles"]): Observed["secretFiles"] =>
  change(secrets, (secret) => ({ ...secret, held: "value" as const }));

export const allowances: readonly Allowance[] = [
  {
    row: ["name", "members that nobody connects to"],
    fields: ["address"],
    applies: ({ name }, { members }) =>
      !members.some((member) => member.kind === "workload" && member.connectsTo.some(({ to }) => to === name)),
    instead: (it) => ({ ...it, address: null }),
  },
  {
    row: ["probes.liveness", "every workload"],
    fields: ["probes.liveness"],
    applies: () => true,
    instead: (it) => ({ ...it, probes: { ...it.probes, liveness: null } }),
  },
  {
    row: ["probes.startup", "every workload with a slow start"],
    fields: ["probes.startup.check", "probes.startup.by", "probes.startup.timeout"],
    applies: ({ probes }) => probes.startup !== undefined,
    instead: (it) => {
      const { startup, readiness } = it.probes;
      if (startup === null || readiness === null) return it;
      const { interval, failureThreshold } = startup;
      return { ...it, probes: { ...it.probes, startup: { ...readiness, interval, failureThreshold } } };
    },
  },
  {
    row: ["placement.kind", "workloads that run once a host"],
    fields: ["placement.kind", "placement.rollout.unavailable"],
    applies: ({ placement }) => placement.kind === "per-host",
    instead: (it) => ({
      ...it,
      placement: { ...it.placement, kind: "replicas", rollout: { ...it.placement.rollout, unavailable: always(1) } },
    }),
  },
  {
    row: ["placement.scaling", "workloads with automatic scaling"],
    fields: ["placement.scaling.maximum", "placement.scaling.target"],
    applies: ({ placement }) => placement.kind === "stateless" && placement.scaling.kind === "automatic",
    instead: (it) => {
      const { minimum } = it.placement.scaling;
      return { ...it, placement: { ...it.placement, scaling: { minimum, maximum: minimum, target: null } } };
    },
  },
  {
    row: ["placement.rollout.strategy", "rolling workloads with a public port or a writable folder of the host"],
    fields: ["placement.rollout.surge", "placement.rollout.unavailable"],
    applies: (spec) => spec.placement.kind === "stateless" && stopsFirst(spec),
    instead: (it, spec) => changeRollout(it, { surge: always(0), unavailable: always(count(spec)) }),
  },
  {
    row: ["placement.rollout.surge", "rolling workloads that are not replaced stop-first"],
    fields: ["placement.rollout.surge"],
    applies: (spec) => spec.placement.kind === "stateless" && !stopsFirst(spec),
    instead: (it, spec) => changeRollout(it, { surge: always(count(spec)) }),
  },
  {
    row: ["placement.rollout.unavailable", "rolling and per-host workloads that are not replaced stop-first"],
    fields: ["placement.rollout.surge", "placement.rollout.unavailable"],
    applies: (spec) => !stopsFirst(spec),
    instead: (it, spec) => changeRollout(it, { surge: always(count(spec)), unavailable: always(0) }),
  },
  {
    row: ["placement.rollout.unavailable", "stateful workloads of more than one replica"],
    fields: ["placement.rollout.unavailable"],
    applies: ({ placement }) => placement.kind === "stateful",
    instead: (it, spec) => changeRollout(it, { unavailable: always(count(spec)) }),
  },
  {
    row: ["placement.rollout.rollbackOnFailure", "workloads that are replaced stop-first"],
    fields: ["placement.rollout.rollbackOnFailure"],
    applies: stopsFirst,
    instead: (it) => changeRollout(it, { rollbackOnFailure: false }),
  },
  {
    row: ["placement.rollout.rollbackOnFailure", "workloads that want none, and are not replaced stop-first"],
    fields: ["placement.rollout.rollbackOnFailure"],
    applies: (spec) => !stopsFirst(spec),
    instead: (it) => changeRollout(it, { rollbackOnFailure: true }),
  },
  {
    row: ["placement.rollout.revisionsKept", "every workload"],
    fields: ["placement.rollout.revisionsKept"],
    applies: () => true,
    instead: (it) => changeRollout(it, { revisionsKept: null }),
  },
  {
    row: ["ports", "internal ports"],
    fields: ["ports"],
    applies: ({ ports }) => ports.some(({ exposure }) => exposure === "internal"),
    instead: (it) => ({ ...it, ports: only(it.ports, (exposure) => exposure !== "internal") }),
  },
  {
    row: ["ports.exposure", "loopback ports of rolling workloads"],
    fields: ["ports"],
    applies: (spec) => !ownsHostPort(spec),
    instead: (it) => ({ ...it, ports: only(it.ports, (exposure) => exposure !== "loopback") }),
  },
  {
    row: ["ports.exposure", "public ports"],
    fields: ["ports"],
    applies: (spec, { publicAddress }) => hasPublicPort(spec) && publicAddress === "127.0.0.1",
    instead: (it) => ({ ...it, ports: change(it.ports, (): ObservedExposure => "loopback") }),
  },
  {
    row: ["connectsTo", "every workload that opens connections"],
    fields: ["connectsTo"],
    applies: ({ connectsTo }) => connectsTo.length > 0,
    instead: (it) => ({ ...it, connectsTo: sorted(it.connectsTo.map((one) => one.replace(/:\d+$/, ":*"))) }),
  },
  {
    row: ["startsAfter", "every workload that names one"],
    fields: ["startsAfter"],
    applies: ({ startsAfter }) => startsAfter.length > 0,
    instead: (it) => ({ ...it, startsAfter: change(it.startsAfter, () => "update" as const) }),
  },
  {
    row: ["internet", "workloads that own a host port"],
    fields: ["internet"],
    applies: ownsHostPort,
    instead: (it) => ({ ...it, internet: "everything" }),
  },
  {
    row: ["volumes.sizeGiB", "persistent volumes"],
    fields: ["volumes"],
    applies: () => true,
    instead: (it) => ({
      ...it,
      volumes: change(it.volumes, (volume) => (volume.kind === "persistent" ? { ...volume, sizeGiB: null } : volume)),
    }),
  },
  {
    row: ["secretVariables", "every workload with secret variables"],
    fields: ["secretVariables"],
    applies: () => true,
    instead: (it) => ({ ...it, secretVariables: asValues(it.secretVariables) }),
  },
  {
    row: ["secretFiles", "every workload with secret files"],
    fields: ["secretFiles"],
    applies: () => true,
    instead: (it) => ({ ...it, secretFiles: asValues(it.secretFiles) }),
  },
  {
    row: ["kubernetesAccess", "every workload that asks for it"],
    fields: ["kubernetesAccess"],
    applies: () => true,
    instead: (it) => ({ ...it, kubernetesAccess: null }),
  },
  {
    row: ["cloudAccess", "every workload that asks for it"],
    fields: ["cloudAccess"],
    applies: () => true,
    instead: (it) => ({ ...it, cloudAccess: null }),
  },
];

export const elsewhere: readonly Elsewhere[] = [];
