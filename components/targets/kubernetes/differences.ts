import type { Difference } from "../target.ts";

/** How many hosts a per-host rollout may take, one after the other, until it counts as failed. */
export const hostsPerRollout = 20;

/** Seconds in which other pods hear that a pod leaves, before it gets the polite signal. */
export const drainSeconds = 5;

/**
 * The same where customers come from outside: a load balancer hears of it by its own health checks alone. AWS' asks every 10 s
 * and believes the second or third answer; Google's every 3 s or 8 s.
 */
export const publicDrainSeconds = 30;

export const differences: readonly Difference[] = [
  {
    field: "name",
    where: "workloads without a port",
    instead: "no address",
    why: "a Service needs a port",
  },
  {
    field: "placement.rollout.rollbackOnFailure",
    where: "every workload",
    instead:
      "the failed update stops; the old pods of a rolling workload serve on, and `./platform up` updates a second time with the last good release",
    why: "Kubernetes reports a failed rollout and never rolls back by itself",
  },
  {
    field: "placement.rollout.progressDeadline",
    where: "stateful and per-host workloads",
    instead: `Pulumi gives up waiting after the deadline of all replicas one after the other (per host: of ${hostsPerRollout} hosts)`,
    why: "only a Deployment has progressDeadlineSeconds",
  },
  {
    field: "files",
    where: "workloads with files",
    instead:
      "a folder of files holds the workload's files only, what the image has there is hidden; in a system folder, or one named after the image, each file is mounted alone",
    why: "a mount of a folder hides what is under it",
  },
  {
    field: "startsAfter",
    where: "every workload that names one",
    instead:
      "`up` waits for it before it makes the next; after a restart of the cluster all start together, and the probes sort it out",
    why: "Kubernetes knows no order between workloads",
  },
  {
    field: "ports.exposure",
    where: "loopback ports",
    instead: "internal; a developer uses `kubectl port-forward`",
    why: "a cluster has no loopback that a developer shares",
  },
  {
    field: "ports",
    where: "workloads with several public ports, behind an Ingress",
    instead:
      "customers reach the one named http, before which the Ingress ends TLS; the others are open inside the cluster",
    why: "every ingress controller can lead to plain HTTP; how to reach TLS is different in each",
  },
  {
    field: "probes.tool",
    where: "every workload",
    instead: "the kubelet asks HTTP and TCP checks itself, from outside the container",
    why: "nothing has to be in the image for it",
  },
  {
    field: "connectsTo",
    where: "clusters whose network plugin ignores NetworkPolicy",
    instead: "the policies are there and not enforced",
    why: "enforcement is the network plugin's; Calico, Cilium and the clouds' own do it",
  },
  {
    field: "internet",
    where: "every workload that opens connections to the internet",
    instead: "all public addresses; private ranges stay closed",
    why: "a NetworkPolicy knows addresses, not names",
  },
  {
    field: "internet",
    where: "workloads that read the Kubernetes API",
    instead: "HTTPS is open",
    why: "a NetworkPolicy cannot name the API server, and its address is the cluster's own",
  },
  {
    field: "internet",
    where: "workloads that ask for the site by its public name",
    instead: "HTTPS is open, to private addresses too",
    why: "a cluster leads its own pods past the load balancer, to the pod behind it",
  },
  {
    field: "placement.scaling",
    where: "automatic scaling in a cluster without metrics-server",
    instead: "the minimum of replicas runs",
    why: "a HorizontalPodAutoscaler reads CPU use from metrics-server, which belongs to the cluster",
  },
  {
    field: "volumes.sizeGiB",
    where: "a persistent volume whose size is changed later",
    instead:
      "the StatefulSet is made again and finds its claim in the old size; grow the claim with `kubectl patch pvc` where the storage class allows it",
    why: "the claims of a StatefulSet cannot be changed through it",
  },
  {
    field: "cloudAccess",
    where: "every workload that asks for it",
    instead:
      "no rights: those that the pod's account or its node was given count, and the way to them is open; hosts are found through the Kubernetes API",
    why: "the cluster may run on no cloud at all",
  },
];
