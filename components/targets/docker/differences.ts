import type { Difference } from "../target.ts";

/** What Docker cannot express of the contract, and does instead. */
export const differences: readonly Difference[] = [
  {
    field: "probes.liveness",
    where: "all",
    instead: "not asked; a container that ends is started again, one that hangs is not",
    why: "Docker has one health check a container and never restarts an unhealthy one",
  },
  {
    field: "probes.startup",
    where: "workloads with a slow start",
    instead: "startPeriod: for as long as startup is patient, failures of the readiness check do not count",
    why: "a container has one health check",
  },
  {
    field: "placement.scaling",
    where: "workloads with automatic scaling",
    instead: "the minimum of replicas",
    why: "one daemon has no scaler",
  },
  {
    field: "placement.rollout.strategy",
    where: "rolling workloads with a public port",
    instead: "stop-first",
    why: "old and new cannot both own the host's port",
  },
  {
    field: "placement.rollout.surge",
    where: "rolling workloads",
    instead: "all new containers start before the first old one stops",
    why: "the engine replaces every container that changed at once",
  },
  {
    field: "placement.rollout.unavailable",
    where: "rolling and per-host workloads",
    instead: "none; there is one host",
    why: "old containers leave only when the new ones are healthy",
  },
  {
    field: "placement.rollout.revisionsKept",
    where: "all",
    instead: "images stay on the host; an earlier release is gone back to by another update",
    why: "Docker keeps no revisions",
  },
  {
    field: "placement.rollout.rollbackOnFailure",
    where: "stateful and per-host workloads, and those with a public port",
    instead: "an update that fails is repaired by another update",
    why: "the old container is gone when the new one starts",
  },
  {
    field: "placement.kind",
    where: "per-host workloads",
    instead: "one container",
    why: "there is one host",
  },
  {
    field: "volumes.sizeGiB",
    where: "persistent volumes",
    instead: "as large as the host's disk",
    why: "local volumes have no quota",
  },
  {
    field: "files",
    where: "workloads with files",
    instead: "the folder of a file is a volume; what the image has there is hidden by the next content",
    why: "the daemon refuses uploads into a read-only root file system",
  },
  {
    field: "kubernetesAccess",
    where: "all",
    instead: "none",
    why: "there is no Kubernetes",
  },
];
