import type { Example } from "./policy.ts";

const HEALTHCHECK = { tests: ["CMD-SHELL", "wget -q --spider http://127.0.0.1:8000/health/ready"], interval: "10s" };

const STARTUP = { httpGet: { path: "/health/ready", port: 8000 }, periodSeconds: 5, failureThreshold: 24 };

type Change = Example["bad"][number]["properties"];

const service = (change: Change): Example["bad"][number] => ({
  type: "aws:ecs/service:Service",
  name: "prometheus",
  properties: { ...change, deploymentCircuitBreaker: { enable: true, rollback: true }, waitForSteadyState: true },
});

const deploymentGroup = (autoRollbackConfiguration: Change): Example["bad"][number] => ({
  type: "aws:codedeploy/deploymentGroup:DeploymentGroup",
  name: "api",
  properties: {
    appName: "api",
    ecsService: { clusterName: "shop", serviceName: "api" },
    autoRollbackConfiguration,
  },
});

const budget = (change: Change): Example["bad"][number] => ({
  type: "kubernetes:policy/v1:PodDisruptionBudget",
  name: "api",
  properties: { spec: { selector: { matchLabels: { app: "api" } }, ...change } },
});

export const REQUIRE_ROLLBACK_EXAMPLES: readonly Example[] = [
  {
    title: "ECS: a circuit breaker that only stops",
    bad: [
      {
        type: "aws:ecs/service:Service",
        name: "api",
        properties: {
          desiredCount: 2,
          deploymentCircuitBreaker: { enable: true, rollback: false },
          waitForSteadyState: true,
        },
      },
    ],
    good: [
      {
        type: "aws:ecs/service:Service",
        name: "api",
        properties: {
          desiredCount: 2,
          deploymentCircuitBreaker: { enable: true, rollback: true },
          waitForSteadyState: true,
        },
      },
    ],
  },
  {
    title: "Kubernetes: no revision is kept and no deadline stated",
    bad: [
      {
        type: "kubernetes:apps/v1:Deployment",
        name: "api",
        properties: { spec: { replicas: 2, revisionHistoryLimit: 0 } },
      },
    ],
    good: [
      {
        type: "kubernetes:apps/v1:Deployment",
        name: "api",
        properties: { spec: { replicas: 2, revisionHistoryLimit: 10, progressDeadlineSeconds: 300 } },
      },
    ],
  },
  {
    title: "Kubernetes: a StatefulSet that keeps no revision",
    bad: [
      {
        type: "kubernetes:apps/v1:StatefulSet",
        name: "db",
        properties: { spec: { replicas: 1, revisionHistoryLimit: 0 } },
      },
    ],
    good: [
      {
        type: "kubernetes:apps/v1:StatefulSet",
        name: "db",
        properties: { spec: { replicas: 1, revisionHistoryLimit: 10 } },
      },
    ],
  },
  {
    title: "Docker: the old container goes first",
    bad: [
      {
        type: "docker:index/container:Container",
        name: "api",
        deleteBeforeReplace: true,
        properties: {
          image: "ghcr.io/acme/trading/backend:2.1.0",
          restart: "unless-stopped",
          wait: true,
          waitTimeout: 120,
          healthcheck: HEALTHCHECK,
        },
      },
    ],
    good: [
      {
        type: "docker:index/container:Container",
        name: "api",
        deleteBeforeReplace: false,
        properties: {
          image: "ghcr.io/acme/trading/backend:2.1.0",
          restart: "unless-stopped",
          wait: true,
          waitTimeout: 120,
          healthcheck: HEALTHCHECK,
        },
      },
    ],
  },
  {
    title: "Docker Swarm: a failed update stops half-way",
    bad: [
      { type: "docker:index/service:Service", name: "api", properties: { updateConfig: { order: "start-first" } } },
    ],
    good: [
      {
        type: "docker:index/service:Service",
        name: "api",
        properties: { updateConfig: { failureAction: "rollback", order: "start-first", monitor: "30s" } },
      },
    ],
  },
  {
    title: "Trading platform: a workload that is not taken back",
    bad: [
      {
        type: "trading-platform:workload:Workload",
        name: "backend",
        properties: { placement: { kind: "stateless", rollout: { rollbackOnFailure: false, revisionsKept: 10 } } },
      },
    ],
    good: [
      {
        type: "trading-platform:workload:Workload",
        name: "backend",
        properties: { placement: { kind: "stateless", rollout: { rollbackOnFailure: true, revisionsKept: 10 } } },
      },
    ],
  },
  {
    title: "ECS: a single task that never deploys",
    bad: [service({ desiredCount: 1, deploymentMinimumHealthyPercent: 100, deploymentMaximumPercent: 100 })],
    good: [service({ desiredCount: 1, deploymentMinimumHealthyPercent: 0, deploymentMaximumPercent: 100 })],
  },
  {
    title: "CodeDeploy: a failed deployment is left as it is",
    bad: [deploymentGroup({ enabled: false })],
    good: [deploymentGroup({ enabled: true, events: ["DEPLOYMENT_FAILURE"] })],
  },
  {
    title: "Kubernetes: every pod goes at once, and a deadline that a good release misses",
    bad: [
      {
        type: "kubernetes:apps/v1:Deployment",
        name: "api",
        properties: {
          spec: {
            replicas: 2,
            progressDeadlineSeconds: 60,
            strategy: { type: "Recreate" },
            template: { spec: { containers: [{ name: "api", startupProbe: STARTUP }] } },
          },
        },
      },
    ],
    good: [
      {
        type: "kubernetes:apps/v1:Deployment",
        name: "api",
        properties: {
          spec: {
            replicas: 2,
            progressDeadlineSeconds: 300,
            strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
            template: { spec: { containers: [{ name: "api", startupProbe: STARTUP }] } },
          },
        },
      },
    ],
  },
  {
    title: "Kubernetes: a budget that blocks every drain",
    bad: [budget({ maxUnavailable: 0 })],
    good: [budget({ maxUnavailable: 1 })],
  },
];
