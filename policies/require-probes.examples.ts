import type { Example } from "./policy.ts";

const LIVENESS = { httpGet: { path: "/health/live", port: 8000 }, periodSeconds: 10, failureThreshold: 6 };
const READINESS = { httpGet: { path: "/health/ready", port: 8000 }, periodSeconds: 5, failureThreshold: 3 };
const ASK_READY = "wget -q --spider http://127.0.0.1:8000/health/ready";

const pod = (container: Example["bad"][number]["properties"]): Example["bad"][number]["properties"] => ({
  spec: {
    template: { spec: { containers: [{ name: "api", image: "ghcr.io/acme/trading/backend:2.1.0", ...container }] } },
  },
});

const taskDefinition = (container: Example["bad"][number]["properties"]): Example["bad"][number]["properties"] => ({
  family: "api",
  containerDefinitions: JSON.stringify([
    { name: "api", image: "ghcr.io/acme/trading/backend:2.1.0", essential: true, ...container },
  ]),
});

/** A service whose containers take up to two minutes to start, behind a load balancer. */
const slowStart = (service: Example["bad"][number]["properties"]): Example["bad"] => [
  {
    type: "aws:ecs/taskDefinition:TaskDefinition",
    name: "api-task",
    properties: taskDefinition({ healthCheck: { command: ["CMD-SHELL", ASK_READY], startPeriod: 120 } }),
  },
  {
    type: "aws:lb/targetGroup:TargetGroup",
    name: "api-targets",
    properties: { port: 8000, protocol: "HTTP", healthCheck: { path: "/health/ready", interval: 10, timeout: 5 } },
  },
  {
    type: "aws:ecs/service:Service",
    name: "api",
    properties: {
      loadBalancers: [{ targetGroupArn: "…:targetgroup/api", containerName: "api", containerPort: 8000 }],
      taskDefinition: "…:task-definition/api:1",
      ...service,
    },
    madeFrom: { taskDefinition: "api-task", loadBalancers: "api-targets" },
  },
];

export const REQUIRE_PROBES_EXAMPLES: readonly Example[] = [
  {
    title: "Kubernetes: a readiness probe that asks nothing",
    bad: [
      {
        type: "kubernetes:apps/v1:Deployment",
        name: "api",
        properties: pod({ livenessProbe: LIVENESS, readinessProbe: { periodSeconds: 5 } }),
      },
    ],
    good: [
      {
        type: "kubernetes:apps/v1:Deployment",
        name: "api",
        properties: pod({ livenessProbe: LIVENESS, readinessProbe: READINESS }),
      },
    ],
  },
  {
    title: "ECS: a health check that is switched off",
    bad: [
      {
        type: "aws:ecs/taskDefinition:TaskDefinition",
        name: "api",
        properties: taskDefinition({ healthCheck: { command: ["NONE"] } }),
      },
    ],
    good: [
      {
        type: "aws:ecs/taskDefinition:TaskDefinition",
        name: "api",
        properties: taskDefinition({
          healthCheck: { command: ["CMD-SHELL", ASK_READY], interval: 10, timeout: 3, retries: 3 },
        }),
      },
    ],
  },
  {
    title: "AWS load balancer: a check without a path",
    bad: [
      {
        type: "aws:lb/targetGroup:TargetGroup",
        name: "api",
        properties: { port: 8000, protocol: "HTTP", targetType: "ip", healthCheck: { enabled: true } },
      },
    ],
    good: [
      {
        type: "aws:lb/targetGroup:TargetGroup",
        name: "api",
        properties: {
          port: 8000,
          protocol: "HTTP",
          targetType: "ip",
          healthCheck: {
            enabled: true,
            protocol: "HTTP",
            path: "/health/ready",
            matcher: "200",
            interval: 10,
            timeout: 5,
          },
        },
      },
    ],
  },
  {
    title: "Docker: nothing is asked",
    bad: [
      {
        type: "docker:index/container:Container",
        name: "api",
        properties: { image: "ghcr.io/acme/trading/backend:2.1.0", restart: "unless-stopped" },
      },
    ],
    good: [
      {
        type: "docker:index/container:Container",
        name: "api",
        properties: {
          image: "ghcr.io/acme/trading/backend:2.1.0",
          restart: "unless-stopped",
          healthcheck: { tests: ["CMD-SHELL", ASK_READY], interval: "10s", timeout: "3s", retries: 3 },
        },
      },
    ],
  },
  {
    title: "Docker Swarm: an empty check",
    bad: [
      {
        type: "docker:index/service:Service",
        name: "api",
        properties: {
          taskSpec: { containerSpec: { image: "ghcr.io/acme/trading/backend:2.1.0", healthcheck: { tests: [] } } },
        },
      },
    ],
    good: [
      {
        type: "docker:index/service:Service",
        name: "api",
        properties: {
          taskSpec: {
            containerSpec: {
              image: "ghcr.io/acme/trading/backend:2.1.0",
              healthcheck: { tests: ["CMD-SHELL", ASK_READY], interval: "10s" },
            },
          },
        },
      },
    ],
  },
  {
    title: "Trading platform: a workload without readiness",
    bad: [
      {
        type: "trading-platform:workload:Workload",
        name: "backend",
        properties: { probes: { liveness: { check: { kind: "http", path: "/health/live", port: "http" } } } },
      },
    ],
    good: [
      {
        type: "trading-platform:workload:Workload",
        name: "backend",
        properties: {
          probes: {
            liveness: { check: { kind: "http", path: "/health/live", port: "http" } },
            readiness: { check: { kind: "http", path: "/health/ready", port: "http" } },
          },
        },
      },
    ],
  },
  {
    title: "Kubernetes: a liveness that asks the database, and a check that cannot fail",
    bad: [
      {
        type: "kubernetes:apps/v1:Deployment",
        name: "api",
        properties: pod({
          livenessProbe: { ...LIVENESS, httpGet: { path: "/health/detailed", port: 8000 } },
          readinessProbe: { exec: { command: ["sh", "-c", "wget -q --spider http://127.0.0.1:8000/ || true"] } },
        }),
      },
    ],
    good: [
      {
        type: "kubernetes:apps/v1:Deployment",
        name: "api",
        properties: pod({
          livenessProbe: LIVENESS,
          readinessProbe: { exec: { command: ["wget", "-q", "--spider", "http://127.0.0.1:8000/health/ready"] } },
        }),
      },
    ],
  },
  {
    title: "ECS: a task that is replaced before its start is over",
    bad: slowStart({ healthCheckGracePeriodSeconds: 10 }),
    good: slowStart({ healthCheckGracePeriodSeconds: 120 }),
  },
];
