import { deployment } from "../../../policies/example-resources.ts";
import type { ExampleResource } from "../../../policies/policy.ts";
import type { Properties } from "../../../policies/values.ts";

/**
 * kube-linter and Polaris cannot be installed from a package registry, so they do not run here. What each of their rules
 * refuses, in our own objects, written after what they publish: kube-linter's docs/generated/checks.md
 * (github.com/stackrox/kube-linter) and Polaris' pkg/config/checks/ (github.com/FairwindsOps/polaris), both read in
 * August 2026.
 */
export interface StyleCase {
  readonly kubeLinter?: readonly string[];
  readonly polaris?: readonly string[];
  readonly policy: string;
  readonly refused: readonly ExampleResource[];
}

const PROBE = { httpGet: { path: "/live", port: 8080 }, periodSeconds: 10, timeoutSeconds: 2 };
const READY = { httpGet: { path: "/ready", port: 8080 }, periodSeconds: 5, timeoutSeconds: 2 };

/** A container with nothing that the policies named here would find, but for the change. */
export const container = (change: Properties): ExampleResource =>
  deployment({
    ports: [{ containerPort: 8080 }],
    livenessProbe: PROBE,
    readinessProbe: READY,
    resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    ...change,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10_001,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      ...(typeof change.securityContext === "object" ? change.securityContext : {}),
    },
  });

const pod = (change: Properties): ExampleResource => deployment({ ports: [{ containerPort: 8080 }] }, change);

const kubernetes = (type: string, name: string, properties: Properties): ExampleResource => ({
  type: `kubernetes:${type}`,
  name,
  properties: { metadata: { name }, ...properties },
});

const workload = (spec: Properties): ExampleResource =>
  kubernetes("apps/v1:Deployment", "api", {
    metadata: { name: "api", labels: { app: "api" } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "api" } },
      template: { metadata: { labels: { app: "api" } }, spec: { containers: [{ name: "api" }] } },
      ...spec,
    },
  });

const budget = (spec: Properties): readonly ExampleResource[] => [
  workload({}),
  kubernetes("policy/v1:PodDisruptionBudget", "api", { spec: { selector: { matchLabels: { app: "api" } }, ...spec } }),
];

const autoscaled = (minReplicas: number): readonly ExampleResource[] => [
  workload({}),
  kubernetes("autoscaling/v2:HorizontalPodAutoscaler", "api", {
    spec: { minReplicas, maxReplicas: 9, scaleTargetRef: { kind: "Deployment", name: "api" } },
  }),
];

const service = (type: string): ExampleResource =>
  kubernetes("core/v1:Service", "api", { spec: { type, ports: [{ port: 8080 }] } });

const escalating = { allowPrivilegeEscalation: true };
const socket = {
  volumes: [{ name: "socket", hostPath: { path: "/var/run/docker.sock" } }],
  containers: [{ name: "api", volumeMounts: [{ name: "socket", mountPath: "/var/run/docker.sock" }] }],
};

export const STYLE_CASES: readonly StyleCase[] = [
  {
    kubeLinter: ["no-liveness-probe"],
    polaris: ["livenessProbeMissing"],
    policy: "require-probes",
    refused: [container({ livenessProbe: null })],
  },
  {
    kubeLinter: ["no-readiness-probe"],
    polaris: ["readinessProbeMissing"],
    policy: "require-probes",
    refused: [container({ readinessProbe: null })],
  },
  {
    kubeLinter: ["liveness-port"],
    policy: "require-probes",
    refused: [container({ livenessProbe: { ...PROBE, httpGet: { path: "/live", port: 9999 } } })],
  },
  {
    kubeLinter: ["readiness-port"],
    policy: "require-probes",
    refused: [container({ readinessProbe: { ...READY, httpGet: { path: "/ready", port: 9999 } } })],
  },
  {
    kubeLinter: ["startup-port"],
    policy: "require-probes",
    refused: [container({ startupProbe: { tcpSocket: { port: 9999 }, periodSeconds: 2, failureThreshold: 30 } })],
  },
  {
    kubeLinter: ["run-as-non-root"],
    polaris: ["runAsRootAllowed"],
    policy: "require-non-root",
    refused: [container({ securityContext: { runAsNonRoot: false, runAsUser: null } })],
  },
  {
    kubeLinter: ["no-read-only-root-fs"],
    polaris: ["notReadOnlyRootFilesystem"],
    policy: "require-read-only-root",
    refused: [container({ securityContext: { readOnlyRootFilesystem: null } })],
  },
  {
    kubeLinter: ["privileged-container"],
    polaris: ["runAsPrivileged"],
    policy: "forbid-privileges",
    refused: [container({ securityContext: { privileged: true } })],
  },
  {
    kubeLinter: ["privilege-escalation-container"],
    polaris: ["privilegeEscalationAllowed"],
    policy: "forbid-privileges",
    refused: [container({ securityContext: escalating })],
  },
  {
    polaris: ["dangerousCapabilities"],
    policy: "forbid-privileges",
    refused: [container({ securityContext: { capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] } } })],
  },
  {
    kubeLinter: ["drop-net-raw-capability"],
    polaris: ["insecureCapabilities"],
    policy: "forbid-privileges",
    refused: [container({ securityContext: { capabilities: {} } })],
  },
  {
    kubeLinter: ["host-network"],
    polaris: ["hostNetworkSet"],
    policy: "forbid-privileges",
    refused: [pod({ hostNetwork: true })],
  },
  { kubeLinter: ["host-pid"], polaris: ["hostPIDSet"], policy: "forbid-privileges", refused: [pod({ hostPID: true })] },
  { kubeLinter: ["host-ipc"], polaris: ["hostIPCSet"], policy: "forbid-privileges", refused: [pod({ hostIPC: true })] },
  {
    kubeLinter: ["docker-sock"],
    policy: "forbid-privileges",
    refused: [workload({ template: { spec: socket } })],
  },
  {
    kubeLinter: ["unset-cpu-requirements"],
    polaris: ["cpuRequestsMissing"],
    policy: "require-resources",
    refused: [container({ resources: { limits: { memory: "128Mi" } } })],
  },
  {
    kubeLinter: ["unset-memory-requirements"],
    polaris: ["memoryLimitsMissing"],
    policy: "require-resources",
    refused: [container({ resources: { requests: { cpu: "100m", memory: "64Mi" } } })],
  },
  {
    kubeLinter: ["latest-tag"],
    polaris: ["tagNotSpecified"],
    policy: "require-pinned-images",
    refused: [container({ image: "acme/api:latest" }), container({ image: "acme/api" })],
  },
  {
    kubeLinter: ["env-var-secret"],
    polaris: ["sensitiveContainerEnvVar"],
    policy: "forbid-plain-secrets",
    refused: [container({ env: [{ name: "PAYMENT_SECRET", value: "s3cr3t-and-long" }] })],
  },
  {
    polaris: ["sensitiveConfigmapContent"],
    policy: "forbid-plain-secrets",
    refused: [kubernetes("core/v1:ConfigMap", "api", { data: { DATABASE_PASSWORD: "s3cr3t-and-long" } })],
  },
  {
    kubeLinter: ["exposed-services"],
    policy: "forbid-public-ingress",
    refused: [service("NodePort"), service("LoadBalancer")],
  },
  {
    kubeLinter: ["minimum-three-replicas"],
    polaris: ["deploymentMissingReplicas"],
    policy: "require-replicas",
    refused: [workload({ replicas: 1 })],
  },
  {
    kubeLinter: ["hpa-minimum-three-replicas"],
    polaris: ["hpaMinAvailability"],
    policy: "require-replicas",
    refused: autoscaled(1),
  },
  {
    kubeLinter: ["no-anti-affinity"],
    polaris: ["topologySpreadConstraint"],
    policy: "require-replicas",
    refused: [workload({})],
  },
  {
    kubeLinter: ["no-rolling-update-strategy"],
    policy: "require-rollback",
    refused: [workload({ strategy: { type: "Recreate" } })],
  },
  {
    kubeLinter: ["pdb-max-unavailable"],
    polaris: ["pdbDisruptionsIsZero"],
    policy: "require-rollback",
    refused: budget({ maxUnavailable: 0 }),
  },
  {
    polaris: ["pdbMinAvailableGreaterThanHPAMinReplicas"],
    policy: "require-rollback",
    refused: [...autoscaled(2), ...budget({ minAvailable: 3 }).slice(1)],
  },
  { kubeLinter: ["pdb-min-available"], policy: "require-rollback", refused: budget({ minAvailable: "100%" }) },
];
