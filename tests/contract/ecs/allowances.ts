import { posix } from "node:path";
import type { Member } from "../../../components/specification.ts";
import { portNamed, type WorkloadSpec } from "../../../components/workload/index.ts";
import { change, changeRollout, orderedInUpdates, outermost, withoutLoopback } from "../change.ts";
import type { Allowance, Elsewhere, Site } from "../compare.ts";
import { type Observed, type Span, sorted } from "../observed.ts";
import { connections } from "../stated.ts";
import { mostRounds, proportionAbove, proportionBelow } from "./proportion.ts";

const publicPorts = ({ ports }: WorkloadSpec) => ports.filter(({ exposure }) => exposure === "public");
const isPublic = (spec: WorkloadSpec): boolean => publicPorts(spec).length > 0;
const isPerHost = ({ placement }: WorkloadSpec): boolean => placement.kind === "per-host";

const perHost = (members: readonly Member[]): readonly WorkloadSpec[] =>
  members.filter((member) => member.kind === "workload").filter(isPerHost);

/** What a person reaches through a host. */
const opened = (members: readonly Member[]): readonly string[] =>
  members.flatMap((member) => {
    if (member.kind === "managed") return member.engine === "postgres" ? [`${member.name}:${member.port}`] : [];
    return member.ports
      .map(({ number }) => `${member.name}:${number}`)
      .filter((way) => ["grafana:3001", "prometheus:9090", "alertmanager:9093"].includes(way));
  });

/** How many there are at the two ends: replicas, or hosts. */
const wanted = (it: Observed, spec: WorkloadSpec, { hosts }: Site): Span =>
  isPerHost(spec)
    ? { atMinimum: hosts.minimum, atMaximum: hosts.maximum }
    : { atMinimum: it.placement.scaling.minimum, atMaximum: it.placement.scaling.maximum };

/** The workload with the public port, and what rolls behind it: alarms watch their releases. */
function isSeenByCustomers(spec: WorkloadSpec, members: readonly Member[]): boolean {
  const edge = members.find((member) => member.kind === "workload" && isPublic(member));
  return (
    spec.placement.kind === "stateless" &&
    edge?.kind === "workload" &&
    (edge.name === spec.name || edge.connectsTo.some(({ to }) => to === spec.name))
  );
}

export const allowances: readonly Allowance[] = [
  {
    row: ["name", "per-host workloads"],
    fields: ["address"],
    applies: isPerHost,
    instead: (it) => ({ ...it, address: null }),
  },
  {
    row: ["variables", "workloads with cloudAccess"],
    fields: ["variables.AWS_REGION"],
    applies: ({ cloudAccess, variables }) => cloudAccess !== undefined && variables.AWS_REGION === undefined,
    instead: (it) => ({ ...it, variables: { ...it.variables, AWS_REGION: "eu-central-1" } }),
  },
  {
    row: ["probes.readiness", "workloads without a public port"],
    fields: ["probes.readiness"],
    applies: (spec) => !isPublic(spec),
    instead: (it) => ({ ...it, probes: { ...it.probes, readiness: null } }),
  },
  {
    row: ["probes.readiness", "workloads with a public port"],
    fields: ["probes.readiness.by"],
    applies: isPublic,
    instead: (it) => {
      const { readiness } = it.probes;
      return readiness === null
        ? it
        : { ...it, probes: { ...it.probes, readiness: { ...readiness, by: "load balancer" } } };
    },
  },
  {
    row: ["probes.startup", "workloads with a slow start"],
    fields: ["probes.startup"],
    applies: ({ probes }) => probes.startup !== undefined,
    instead: (it) => {
      const { startup, liveness } = it.probes;
      if (startup === null || liveness === null) return it;
      const interval = startup.interval * startup.failureThreshold;
      return { ...it, probes: { ...it.probes, startup: { ...liveness, interval, failureThreshold: 1 } } };
    },
  },
  {
    row: ["placement.rollout.surge", "rolling workloads"],
    fields: ["placement.rollout.surge"],
    applies: ({ placement }) => placement.kind === "stateless",
    instead: (it, spec, site) =>
      changeRollout(it, {
        surge: proportionAbove(wanted(it, spec, site), it.placement.rollout.surge.atMinimum),
      }),
  },
  {
    row: ["placement.rollout.unavailable", "rolling and per-host workloads"],
    fields: ["placement.rollout.unavailable"],
    applies: ({ placement }) => placement.kind !== "stateful",
    instead: (it, spec, site) =>
      changeRollout(it, {
        unavailable: proportionBelow(wanted(it, spec, site), it.placement.rollout.unavailable.atMinimum),
      }),
  },
  {
    row: ["placement.rollout.progressDeadline", "all"],
    fields: ["placement.rollout.progressDeadline"],
    applies: () => true,
    instead: (it, spec, site) => {
      const { seconds } = spec.placement.rollout.progressDeadline;
      const watched = isSeenByCustomers(spec, site.members) ? 600 : 0;
      return changeRollout(it, {
        progressDeadline: { seconds: seconds * mostRounds(wanted(it, spec, site), spec) + watched, ends: "wait" },
      });
    },
  },
  {
    row: ["placement.rollout.revisionsKept", "all"],
    fields: ["placement.rollout.revisionsKept"],
    applies: () => true,
    instead: (it) => changeRollout(it, { revisionsKept: "all" }),
  },
  {
    row: ["placement.scaling.target.perSecond", "workloads with a public port"],
    fields: ["placement.scaling.target"],
    applies: isPublic,
    instead: (it) => {
      const { scaling } = it.placement;
      if (scaling.target === null || !("perSecond" in scaling.target)) return it;
      const target = { metric: "requests", perMinute: 60 * scaling.target.perSecond } as const;
      return { ...it, placement: { ...it.placement, scaling: { ...scaling, target } } };
    },
  },
  {
    row: ["resources.cpu.limit", "all"],
    fields: ["resources.cpu.limit"],
    applies: () => true,
    instead: (it) => ({ ...it, resources: { ...it.resources, cpu: { ...it.resources.cpu, limit: null } } }),
  },
  {
    row: ["files", "workloads with files"],
    fields: ["hiddenFolders"],
    applies: () => true,
    instead: (it, { files, secretFiles }) => ({
      ...it,
      hiddenFolders: sorted(outermost([...files, ...secretFiles].map(({ path }) => posix.dirname(path)))),
    }),
  },
  {
    row: ["startsAfter", "all"],
    fields: ["startsAfter"],
    applies: () => true,
    instead: orderedInUpdates,
  },
  {
    row: ["connectsTo", "per-host workloads"],
    fields: ["connectsTo"],
    applies: isPerHost,
    instead: (it, _, { members }) => ({
      ...it,
      connectsTo: sorted([...perHost(members).flatMap((spec) => connections(spec, members)), ...opened(members)]),
    }),
  },
  {
    row: ["internet", "per-host workloads"],
    fields: ["internet"],
    applies: isPerHost,
    instead: (it, _, { members }) => ({
      ...it,
      internet: perHost(members).some(({ internet }) => internet) ? "everything" : "HTTPS",
    }),
  },
  {
    row: ["ports.exposure", "loopback ports"],
    fields: ["ports"],
    applies: () => true,
    instead: withoutLoopback,
  },
  {
    row: ["ports", "workloads with several public ports"],
    fields: ["ports"],
    applies: (spec) => publicPorts(spec).length > 1,
    instead: (it, spec) => {
      const { check } = spec.probes.readiness;
      if (check.kind !== "http") return it;
      const asked = String(portNamed(spec, check.port).number);
      return {
        ...it,
        ports: change(it.ports, (exposure, port) => (exposure === "public" && port !== asked ? "internal" : exposure)),
      };
    },
  },
  {
    row: ["volumes.sizeGiB", "persistent volumes"],
    fields: ["volumes"],
    applies: () => true,
    instead: (it, _, { members }) => {
      const sharedGiB = diskGiB(members);
      return {
        ...it,
        volumes: change(it.volumes, (volume) =>
          volume.kind === "persistent" ? { kind: "persistent", sizeGiB: null, sharedGiB } : volume,
        ),
      };
    },
  },
  {
    row: ["kubernetesAccess", "all"],
    fields: ["kubernetesAccess"],
    applies: () => true,
    instead: (it) => ({ ...it, kubernetesAccess: null }),
  },
];

/** A tenth more than all persistent volumes together, in whole GiB. */
function diskGiB(members: readonly Member[]): number {
  const sizes = members
    .filter((member) => member.kind === "workload")
    .flatMap(({ volumes }) => volumes.flatMap((volume) => (volume.kind === "persistent" ? [volume.sizeGiB] : [])));
  return Math.ceil(sizes.reduce((sum, size) => sum + size, 0) * 1.1);
}

export const elsewhere: readonly Elsewhere[] = [
  {
    row: ["managed.version", "managed caches from Redis 7.2 on"],
    reason: "is of a ManagedService, which no workload is; components/targets/ecs/managed.test.ts looks at it",
  },
  {
    row: ["ports.tls", "managed databases and caches, with mtls"],
    reason: "is of a ManagedService, which no workload is; components/mtls.test.ts looks at it",
  },
  {
    row: ["ports.tls", "the gateway's public port, with mtls"],
    reason: "is of the load balancer; its target group speaks HTTP, as components/targets/ecs/component.test.ts has it",
  },
  {
    row: ["secretFiles.live", "workloads with live secret files"],
    reason: "is of a task that runs; what it is started with has the files",
  },
  {
    row: ["secrets.registryPassword", 'held in Secrets Manager: the entry is {"username": …, "password": …}'],
    reason: "is of the settings; components/targets/ecs/component.test.ts looks at it",
  },
];
