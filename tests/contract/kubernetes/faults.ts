import { type Fault, input, missing, more, options, plainText } from "../fault.ts";

const pod = (...path: readonly (string | number)[]) => ["spec", "template", "spec", ...path];
const container = (...path: readonly (string | number)[]) => pod("containers", 0, ...path);
const kinds = { edge: "Deployment", api: "Deployment", store: "StatefulSet", watcher: "DaemonSet" } as const;
const of = (workload: keyof typeof kinds) => ({ workload, resource: `${kinds[workload]}::${workload}` });

/** Slips in what Kubernetes is asked for, of the samples. */
export const faults: readonly Fault[] = [
  { ...of("api"), title: "no liveness", field: "probes.liveness", slip: input(container("livenessProbe")) },
  { ...of("api"), title: "no readiness", field: "probes.readiness", slip: input(container("readinessProbe")) },
  { ...of("api"), title: "no startup", field: "probes.startup", slip: input(container("startupProbe")) },
  {
    ...of("api"),
    title: "the API server's own time limit",
    field: "probes.readiness.timeout",
    slip: input(container("readinessProbe", "timeoutSeconds")),
  },
  { ...of("edge"), title: "root", field: "user.uid", slip: input(pod("securityContext", "runAsUser"), 0) },
  {
    ...of("edge"),
    title: "root is not refused",
    field: "user.uid",
    slip: input(pod("securityContext", "runAsNonRoot"), false),
  },
  {
    ...of("edge"),
    title: "new privileges",
    field: "privileges",
    slip: input(container("securityContext", "allowPrivilegeEscalation")),
  },
  {
    ...of("edge"),
    title: "a root that can be written",
    field: "readOnlyRootFilesystem",
    slip: input(container("securityContext", "readOnlyRootFilesystem"), false),
  },
  {
    ...of("edge"),
    title: "no limit of memory",
    field: "resources.memory.limit",
    slip: input(container("resources", "limits", "memory")),
  },
  {
    ...of("edge"),
    title: "arguments that the cluster expands",
    field: "args",
    slip: input(container("args"), ["serve", "$(PRICE)", "a b"]),
  },
  {
    ...of("edge"),
    title: "fewer revisions",
    field: "placement.rollout.revisionsKept",
    slip: input(["spec", "revisionHistoryLimit"], 1),
  },
  {
    ...of("edge"),
    title: "one less while it rolls",
    field: "placement.rollout.unavailable",
    slip: input(["spec", "strategy", "rollingUpdate", "maxUnavailable"], 2),
  },
  {
    ...of("edge"),
    title: "Pulumi gives up before the Deployment does",
    field: "placement.rollout.progressDeadline",
    slip: options({ updateTimeout: "60s" }),
  },
  {
    ...of("api"),
    title: "a number beside the autoscaler's",
    field: "placement.scaling.maximum",
    slip: input(["spec", "replicas"], 3),
  },
  {
    title: "no scaling",
    workload: "api",
    field: "placement.scaling.maximum",
    resource: "HorizontalPodAutoscaler::api",
    slip: missing,
  },
  {
    ...of("store"),
    title: "data that go with the StatefulSet",
    field: "volumes./data",
    slip: input(["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"], "Delete"),
  },
  {
    ...of("edge"),
    title: "a token for who does not ask for it",
    field: "kubernetesAccess",
    slip: input(pod("automountServiceAccountToken"), true),
  },
  {
    title: "more rights than asked for",
    workload: "watcher",
    field: "kubernetesAccess.resources",
    resource: "ClusterRole::watcher",
    slip: more(["rules", 0, "resources"], "secrets"),
  },
  {
    title: "secrets in plain text",
    workload: "api",
    field: "secretVariables.TOKEN.held",
    resource: "Secret::api-secrets",
    slip: plainText,
  },
  {
    ...of("edge"),
    title: "a secret file for everybody",
    field: "secretFiles./etc/edge/tls/key.pem.held",
    slip: input(pod("volumes", 0, "projected", "defaultMode"), 0o444),
  },
  { title: "no Service", workload: "api", field: "address", resource: "Service::api", slip: missing },
  { title: "no way for customers", workload: "edge", field: "ports.80", resource: "Ingress::edge", slip: missing },
  {
    title: "a port for everybody",
    workload: "store",
    field: "ports.5432",
    resource: "NetworkPolicy::store",
    slip: more(["spec", "ingress"], { ports: [{ protocol: "TCP", port: 5432 }] }),
  },
  {
    title: "everything is reachable",
    workload: "edge",
    field: "connectsTo",
    resource: "NetworkPolicy::trading-prod-default",
    slip: missing,
  },
  {
    title: "the cloud's credentials within reach",
    workload: "api",
    field: "internet",
    resource: "NetworkPolicy::api",
    slip: more(["spec", "egress"], { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }),
  },
];
