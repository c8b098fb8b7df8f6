import type { Difference } from "../target.ts";

/** "Replaced stop-first": owners of a host port, writers to a folder of the host, and stateful workloads. */
export const differences: readonly Difference[] = [
  {
    field: "name",
    where: "members that nobody connects to",
    instead: "no address",
    why: "a server has a network of its own, on which its clients find it; without clients there is none",
  },
  {
    field: "probes.liveness",
    where: "every workload",
    instead:
      "not asked; a process that ends is started again, one that hangs is shown unhealthy by readiness and alerted",
    why: "a container has one health check, and Docker never restarts what is unhealthy",
  },
  {
    field: "probes.startup",
    where: "every workload with a slow start",
    instead:
      "for as long as startup is patient, the readiness check is made at startup's interval and its failures do not count",
    why: "a container has one health check; its start period has an interval of its own, and no check or timeout",
  },
  {
    field: "placement.kind",
    where: "workloads that run once a host",
    instead: "one container",
    why: "a daemon is one host",
  },
  {
    field: "placement.scaling",
    where: "workloads with automatic scaling",
    instead: "the minimum of replicas runs",
    why: "Docker scales nothing by itself",
  },
  {
    field: "placement.rollout.strategy",
    where: "rolling workloads with a public port or a writable folder of the host",
    instead: "stop-first: the old container goes before the new one starts, and its clients wait out the gap",
    why: "a port or a folder of the host has one owner",
  },
  {
    field: "placement.rollout.surge",
    where: "rolling workloads that are not replaced stop-first",
    instead: "all new containers are made before the first old one goes",
    why: "an update makes everything new, then deletes everything old",
  },
  {
    field: "placement.rollout.unavailable",
    where: "rolling and per-host workloads that are not replaced stop-first",
    instead: "none is missing: the new container is ready before the old one goes",
    why: "nothing keeps the two apart",
  },
  {
    field: "placement.rollout.unavailable",
    where: "stateful workloads of more than one replica",
    instead: "all are missing for a while",
    why: "an update does not wait for one container before it stops the next",
  },
  {
    field: "placement.rollout.rollbackOnFailure",
    where: "workloads that are replaced stop-first",
    instead: "the update fails; `./platform up` does a second one with the inputs of the last good release",
    why: "the old container is gone by then; elsewhere it simply runs on",
  },
  {
    field: "placement.rollout.rollbackOnFailure",
    where: "workloads that want none, and are not replaced stop-first",
    instead: "the old container serves on all the same",
    why: "an update deletes it only after the new one is healthy",
  },
  {
    field: "placement.rollout.revisionsKept",
    where: "every workload",
    instead: "images stay on the host until somebody removes them; the stack's history knows the earlier inputs",
    why: "a container has no revisions",
  },
  {
    field: "ports",
    where: "internal ports",
    instead: "not declared: a container listens on what it likes, and its clients reach all of it",
    why: "Docker's networks know no ports",
  },
  {
    field: "ports.exposure",
    where: "loopback ports of rolling workloads",
    instead: "internal; the gateway forwards those of the backend and the frontend",
    why: "a port of the host has one owner, and while a rolling workload is replaced there are two containers",
  },
  {
    field: "ports.exposure",
    where: "public ports",
    instead: "on the host's address that `docker.publicAddress` says, by default loopback",
    why: "a developer's machine shows nothing to its network unless somebody says so",
  },
  {
    field: "connectsTo",
    where: "every workload that opens connections",
    instead: "the whole of a server is reachable, and so are the other clients on the server's network",
    why: "Docker's networks know no ports and no direction",
  },
  {
    field: "startsAfter",
    where: "every workload that names one",
    instead:
      "`up` waits for it before it makes the next; after a restart of the daemon all start together, and the checks sort it out",
    why: "Docker knows no order between containers",
  },
  {
    field: "internet",
    where: "workloads that own a host port",
    instead: "open",
    why: "Docker publishes no port of a container whose networks are all internal",
  },
  {
    field: "volumes.sizeGiB",
    where: "persistent volumes",
    instead: "no limit but the host's disk, which LowDiskSpace watches",
    why: "Docker's local volumes have no size",
  },
  {
    field: "secretVariables",
    where: "every workload with secret variables",
    instead: "the value, encrypted in the stack's state; who may use the daemon can read it",
    why: "a daemon outside a swarm holds no secrets",
  },
  {
    field: "secretFiles",
    where: "every workload with secret files",
    instead: "the value, encrypted in the stack's state and in a volume that root and the workload's group can read",
    why: "a daemon outside a swarm holds no secrets",
  },
  {
    field: "kubernetesAccess",
    where: "every workload that asks for it",
    instead: "none",
    why: "there is no Kubernetes",
  },
  {
    field: "cloudAccess",
    where: "every workload that asks for it",
    instead: "none: logs are stored on a volume, instances are found by DNS",
    why: "there is no cloud",
  },
];
