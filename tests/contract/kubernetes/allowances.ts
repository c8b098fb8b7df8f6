import { posix } from "node:path";
import { type Connection, isWorkload, type WorkloadSpec } from "../../../components/workload/index.ts";
import { change, changeRollout, orderedInUpdates, outermost, withoutLoopback } from "../change.ts";
import type { Allowance, Elsewhere } from "../compare.ts";
import { type Observed, type ObservedProbe, sorted } from "../observed.ts";

const publicPorts = ({ ports }: WorkloadSpec) => ports.filter(({ exposure }) => exposure === "public");

const isPublic = (server: WorkloadSpec, { to, port }: Connection): boolean =>
  server.name === to && publicPorts(server).some(({ name }) => name === port);

const withHttps = (it: Observed): Observed => ({
  ...it,
  internet: it.internet === "none" ? "HTTPS" : "public addresses, HTTPS everywhere",
});

/** Hosts of a per-host rollout that Pulumi waits for. */
const hosts = 20;

const replicas = ({ placement }: WorkloadSpec): number => (placement.kind === "stateful" ? placement.replicas : hosts);

const byKubelet = <P extends ObservedProbe | null>(probe: P) =>
  probe === null || probe.by === "command" ? probe : { ...probe, by: "kubelet" as const };

/** What the image has there is kept: a system folder, or one named after the image. */
function isShared(folder: string, { image }: WorkloadSpec): boolean {
  const parts = folder.split("/").filter((part) => part !== "");
  return parts.length < 2 || parts.includes(posix.basename(image.repository));
}

export const allowances: readonly Allowance[] = [
  {
    row: ["name", "workloads without a port"],
    fields: ["address"],
    applies: ({ ports }) => ports.length === 0,
    instead: (it) => ({ ...it, address: null }),
  },
  {
    row: ["placement.rollout.rollbackOnFailure", "every workload"],
    fields: ["placement.rollout.rollbackOnFailure"],
    applies: () => true,
    instead: (it) => changeRollout(it, { rollbackOnFailure: false }),
  },
  {
    row: ["placement.rollout.progressDeadline", "stateful and per-host workloads"],
    fields: ["placement.rollout.progressDeadline"],
    applies: ({ placement }) => placement.kind !== "stateless",
    instead: (it, spec) =>
      changeRollout(it, {
        progressDeadline: {
          seconds: spec.placement.rollout.progressDeadline.seconds * replicas(spec),
          ends: "wait",
        },
      }),
  },
  {
    row: ["files", "workloads with files"],
    fields: ["hiddenFolders"],
    applies: () => true,
    instead: (it, spec) => ({
      ...it,
      hiddenFolders: sorted(
        outermost(
          [...spec.files, ...spec.secretFiles]
            .map(({ path }) => posix.dirname(path))
            .filter((folder) => !isShared(folder, spec)),
        ),
      ),
    }),
  },
  {
    row: ["startsAfter", "every workload that names one"],
    fields: ["startsAfter"],
    applies: () => true,
    instead: orderedInUpdates,
  },
  {
    row: ["ports.exposure", "loopback ports"],
    fields: ["ports"],
    applies: () => true,
    instead: withoutLoopback,
  },
  {
    row: ["ports", "workloads with several public ports, behind an Ingress"],
    fields: ["ports"],
    applies: (spec, { ingress }) => ingress && publicPorts(spec).length > 1,
    instead: (it, spec) => {
      const ports = publicPorts(spec);
      const led = (ports.find(({ name }) => name === "http") ?? ports[0])?.number;
      return {
        ...it,
        ports: change(it.ports, (exposure, port) =>
          exposure === "public" && port !== String(led) ? "cluster" : exposure,
        ),
      };
    },
  },
  {
    row: ["probes.tool", "every workload"],
    fields: ["probes.liveness.by", "probes.readiness.by", "probes.startup.by"],
    applies: () => true,
    instead: (it) => ({
      ...it,
      probes: {
        liveness: byKubelet(it.probes.liveness),
        readiness: byKubelet(it.probes.readiness),
        startup: byKubelet(it.probes.startup),
      },
    }),
  },
  {
    row: ["internet", "every workload that opens connections to the internet"],
    fields: ["internet"],
    applies: ({ internet }) => internet,
    instead: (it) => ({ ...it, internet: "public addresses" }),
  },
  {
    row: ["internet", "workloads that read the Kubernetes API"],
    fields: ["internet"],
    applies: ({ kubernetesAccess }) => kubernetesAccess !== undefined,
    instead: withHttps,
  },
  {
    row: ["internet", "workloads that ask for the site by its public name"],
    fields: ["internet"],
    applies: ({ internet, connectsTo }, { members }) =>
      internet && members.filter(isWorkload).some((to) => connectsTo.some((one) => isPublic(to, one))),
    instead: withHttps,
  },
  {
    row: ["cloudAccess", "every workload that asks for it"],
    fields: ["cloudAccess"],
    applies: () => true,
    instead: (it) => ({ ...it, cloudAccess: null }),
  },
];

export const elsewhere: readonly Elsewhere[] = [
  {
    row: ["connectsTo", "clusters whose network plugin ignores NetworkPolicy"],
    reason: "is true of a cluster; what it is asked for says exactly the stated connections",
  },
  {
    row: ["placement.scaling", "automatic scaling in a cluster without metrics-server"],
    reason: "is true of a cluster; what it is asked for says the stated range and target",
  },
  {
    row: ["volumes.sizeGiB", "a persistent volume whose size is changed later"],
    reason: "is true of a change; every rendering by itself asks for the stated size",
  },
];
