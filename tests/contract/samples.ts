import type { Member, PlatformSpec } from "../../components/specification.ts";
import type { BoundTarget } from "../../components/targets/target.ts";
import {
  type Check,
  image,
  minutes,
  type PerHostRollout,
  type Probe,
  port,
  probe,
  probes,
  type RollingRollout,
  resources,
  rollout,
  type StopFirstRollout,
  scaling,
  seconds,
  type WorkloadSpec,
  workload,
} from "../../components/workload/index.ts";

/** Workloads that between them need every row of every target's differences; the stacks' own need only some. */

const patient = { interval: seconds(20), timeout: seconds(6), failureThreshold: 5 };
const quick = { interval: seconds(7), timeout: seconds(3), failureThreshold: 2 };
const http = (path: string): Check => ({ kind: "http", path, port: "http" });
const live: Probe = probe({ check: http("/live"), ...patient });
const ready: Probe = probe({ check: http("/ready?deep=1"), ...quick });
const command: Check = { kind: "command", command: ["sh", "-c", 'test "$(cat /tmp/state)" = up'] };

const kept = { rollbackOnFailure: true, revisionsKept: 4, stopGracePeriod: seconds(25) };
const rolls: RollingRollout = rollout({
  ...kept,
  strategy: "rolling",
  surge: 2,
  unavailable: 1,
  progressDeadline: minutes(6),
});
const stopsFirst: StopFirstRollout = rollout({ ...kept, strategy: "stop-first", progressDeadline: minutes(11) });
const perHost: PerHostRollout = rollout({
  ...kept,
  strategy: "per-host",
  unavailable: 2,
  progressDeadline: minutes(7),
});

const common: Omit<WorkloadSpec, "name" | "kind" | "placement"> = {
  part: "application",
  image: image({ repository: "ghcr.io/example/thing", version: "1.2.3" }),
  args: ["serve", "$(NOT_OURS)", "a b"],
  variables: { PRICE: "5$(USD) $$", EMPTY: "" },
  secretVariables: [],
  files: [],
  secretFiles: [],
  ports: [],
  probes: probes({
    liveness: probe({ check: command, ...patient }),
    readiness: probe({ check: command, ...quick }),
    tool: "wget",
  }),
  readOnlyRootFilesystem: true,
  resources: resources({ cpu: { request: 30, limit: 70 }, memory: { request: 40, limit: 90 } }),
  user: { kind: "non-root", uid: 1001, gid: 1002 },
  volumes: [],
  logs: { level: "INFO", format: "json" },
  connectsTo: [],
  startsAfter: [],
  internet: false,
};

/** Behind the load balancer; scales by requests where the target can count them. */
const edge = (byRequests: boolean): WorkloadSpec =>
  workload({
    ...common,
    name: "edge",
    ports: [
      port({ name: "https", number: 443, exposure: "public" }),
      port({ name: "http", number: 80, exposure: "public" }),
      port({ name: "admin", number: 8081, exposure: "internal" }),
    ],
    files: [{ path: "/etc/edge/edge.conf", content: '# it\'s "quoted" $HOME\n\ttabs\n' }],
    secretFiles: [{ path: "/etc/edge/tls/key.pem", secret: "tlsPrivateKey" }],
    probes: probes({ liveness: live, readiness: ready, tool: "wget" }),
    placement: {
      kind: "stateless",
      scaling: scaling(
        byRequests
          ? { kind: "automatic", minimum: 1, maximum: 9, target: { metric: "requests", perSecond: 12 } }
          : { kind: "fixed", replicas: 1 },
      ),
      rollout: rolls,
    },
    connectsTo: [{ to: "api", port: "http" }],
    startsAfter: ["api"],
  });

/** Scales by CPU, starts slowly, has secrets, wants no rollback. */
const api: WorkloadSpec = workload({
  ...common,
  name: "api",
  command: ["/bin/thing"],
  secretVariables: [{ name: "TOKEN", secret: "tokenSigningKey" }],
  secretFiles: [{ path: "/secrets/auth/auth.conf", secret: "cachePassword", template: "pass '{}';\n" }],
  ports: [port({ name: "http", number: 8000, exposure: "loopback" })],
  probes: probes({
    liveness: live,
    readiness: ready,
    startup: probe({
      check: { kind: "tcp", port: "http" },
      interval: seconds(4),
      timeout: seconds(1),
      failureThreshold: 9,
    }),
    tool: "probe-binary",
  }),
  placement: {
    kind: "stateless",
    scaling: scaling({ kind: "automatic", minimum: 3, maximum: 11, target: { metric: "cpu", percent: 55 } }),
    rollout: { ...rolls, rollbackOnFailure: false },
  },
  connectsTo: [
    { to: "store", port: "sql" },
    { to: "watcher", port: "http" },
  ],
  startsAfter: ["store"],
  internet: true,
});

/** Owns volumes; asked by TCP. */
const store: WorkloadSpec = workload({
  ...common,
  name: "store",
  ports: [port({ name: "sql", number: 5432, exposure: "loopback" })],
  probes: probes({
    liveness: probe({ check: { kind: "tcp", port: "sql" }, ...patient }),
    readiness: probe({ check: { kind: "tcp", port: "sql" }, ...quick }),
    tool: "wget",
  }),
  placement: { kind: "stateful", replicas: 1, rollout: stopsFirst },
  volumes: [
    { kind: "persistent", name: "data", path: "/data", sizeGiB: 13 },
    { kind: "persistent", name: "log", path: "/log", sizeGiB: 4 },
    { kind: "scratch", name: "tmp", path: "/tmp", sizeMiB: 17 },
  ],
  readOnlyRootFilesystem: false,
  cloudAccess: "log-store",
});

/** Several owners of volumes; not on ECS, where they would share one. */
const shards: WorkloadSpec = workload({
  ...common,
  name: "shards",
  placement: { kind: "stateful", replicas: 3, rollout: stopsFirst },
  volumes: [{ kind: "persistent", name: "data", path: "/data", sizeGiB: 2 }],
});

/** Once a host, in nobody's way; reads the hosts and the Kubernetes API. */
const watcher: WorkloadSpec = workload({
  ...common,
  name: "watcher",
  part: "monitoring",
  ports: [port({ name: "http", number: 9100, exposure: "internal" })],
  probes: probes({ liveness: live, readiness: ready, tool: "probe-binary" }),
  placement: { kind: "per-host", rollout: perHost },
  user: { kind: "root", reason: "reads what only root may" },
  volumes: [{ kind: "host", name: "root", path: "/host", hostPath: "/", readOnly: true }],
  kubernetesAccess: { resources: ["pods", "deployments"], verbs: ["get", "watch"], scope: "cluster" },
  cloudAccess: "host-discovery",
});

/** Once a host, with a port and a folder of it. */
const collector: WorkloadSpec = workload({
  ...common,
  name: "collector",
  part: "logging",
  ports: [port({ name: "http", number: 9080, exposure: "loopback" })],
  files: [{ path: "/etc/thing/collector.yml", content: "a: 1\n" }],
  placement: { kind: "per-host", rollout: perHost },
  user: { kind: "root", reason: "writes where only root may" },
  volumes: [{ kind: "host", name: "state", path: "/state", hostPath: "/var/lib/state", readOnly: false }],
  connectsTo: [{ to: "store", port: "sql" }],
  internet: true,
  kubernetesAccess: { resources: ["pods"], verbs: ["list"], scope: "namespace" },
});

/** Rolling, without a port, with a folder of the host. */
const writer: WorkloadSpec = workload({
  ...common,
  name: "writer",
  placement: { kind: "stateless", scaling: scaling({ kind: "fixed", replicas: 2 }), rollout: rolls },
  volumes: [{ kind: "host", name: "out", path: "/out", hostPath: "/var/lib/out", readOnly: false }],
});

/** All of them that `target` takes, as a platform. */
export function samplePlatform(target: Pick<BoundTarget, "name" | "problems">): PlatformSpec {
  const all = [edge(target.name === "ecs"), api, store, shards, watcher, collector, writer];
  return platformOf(all.filter((spec) => target.problems(spec).length === 0));
}

/** Members by the part that each says it belongs to. */
export const platformOf = (members: readonly Member[]): PlatformSpec => {
  const workloads = members.filter((member) => member.kind === "workload");
  return {
    application: members.filter(({ part }) => part === "application"),
    monitoring: workloads.filter(({ part }) => part === "monitoring"),
    logging: workloads.filter(({ part }) => part === "logging"),
  };
};
