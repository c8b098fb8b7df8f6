import type { Difference } from "../target.ts";

/** What ECS cannot express of the contract, and does instead. */
export const differences: readonly Difference[] = [
  {
    field: "name",
    where: "per-host workloads",
    instead: "no address: found by the hosts that the EC2 API lists",
    why: "Cloud Map has addresses of tasks with a network interface of their own; these share the host's",
  },
  {
    field: "variables",
    where: "workloads with cloudAccess",
    instead: "AWS_REGION as well, where the workload does not state it",
    why: "the SDKs of AWS ask for it",
  },
  {
    field: "probes.readiness",
    where: "workloads without a public port",
    instead: "not asked; a release goes on when liveness succeeds",
    why: "ECS has one health check a container and replaces the task when it fails; clients retry what was never sent",
  },
  {
    field: "probes.readiness",
    where: "workloads with a public port",
    instead: "asked by the load balancer's target group, which also replaces a task that fails",
    why: "ECS replaces what its load balancer finds unhealthy",
  },
  {
    field: "probes.startup",
    where: "workloads with a slow start",
    instead: "startPeriod: for as long as startup is patient, failures of the liveness check do not count",
    why: "a container has one health check",
  },
  {
    field: "placement.rollout.surge",
    where: "rolling workloads",
    instead: "maximumPercent, exact at the minimum of replicas and in proportion above it",
    why: "ECS counts in percent of the wanted number",
  },
  {
    field: "placement.rollout.unavailable",
    where: "rolling and per-host workloads",
    instead: "minimumHealthyPercent, exact at the minimum of replicas or hosts and in proportion above it",
    why: "ECS counts in percent of the wanted number",
  },
  {
    field: "placement.rollout.progressDeadline",
    where: "all",
    instead:
      "how long an update waits for each round of tasks that are replaced, and ten minutes more where alarms watch a release; ECS itself takes one back after 3 to 200 failed tasks",
    why: "the deployment circuit breaker counts failures, not time; a deployment under alarms ends when ECS has watched them for a time that it computes",
  },
  {
    field: "placement.rollout.revisionsKept",
    where: "all",
    instead: "every task definition is kept",
    why: "task definitions cost nothing, and a deregistered one cannot be gone back to",
  },
  {
    field: "placement.scaling.target.perSecond",
    where: "workloads with a public port",
    instead: "60 times the number, a minute: ALBRequestCountPerTarget",
    why: "the load balancer counts by the minute",
  },
  {
    field: "resources.cpu.limit",
    where: "all",
    instead: "none: CPU time is shared by request, idle time is free for all",
    why: "on EC2 a hard limit of a task is reserved for it as well",
  },
  {
    field: "files",
    where: "workloads with files",
    instead: "the folder of a file holds the workload's files only; what the image has there is hidden",
    why: "ECS mounts folders, not files",
  },
  {
    field: "startsAfter",
    where: "all",
    instead: "the order in which an update makes and changes services",
    why: "ECS knows no order between services; every workload retries what is not there yet",
  },
  {
    field: "connectsTo",
    where: "per-host workloads",
    instead:
      "allowed for the host, so for every workload on the host's network; so are Grafana, Prometheus, Alertmanager and a managed database",
    why: "a security group belongs to a network interface, and these share the host's, over which ./platform open and secrets rotate lead",
  },
  {
    field: "internet",
    where: "per-host workloads",
    instead: "HTTPS is open; everything, where one of them asks for the internet",
    why: "they share the host's network interface, over which the ECS agent works and images are pulled",
  },
  {
    field: "ports.exposure",
    where: "loopback ports",
    instead: "internal",
    why: "the hosts have no loopback that a developer shares",
  },
  {
    field: "ports",
    where: "workloads with several public ports",
    instead: "customers reach the port that readiness asks; the load balancer ends TLS before it",
    why: "a certificate of the cloud renews itself and never leaves it",
  },
  {
    field: "volumes.sizeGiB",
    where: "persistent volumes",
    instead: "one disk, a tenth larger than all sizes together, shared without quotas",
    why: "the monitoring host has one EBS volume, which moves with it as a whole",
  },
  {
    field: "kubernetesAccess",
    where: "all",
    instead: "none",
    why: "there is no Kubernetes",
  },
  {
    field: "managed.version",
    where: "managed caches from Redis 7.2 on",
    instead: "Valkey 8.0",
    why: "ElastiCache's Redis ends at 7.1; Valkey speaks the same protocol and commands",
  },
  {
    field: "ports.tls",
    where: "managed databases and caches, with mtls",
    instead:
      "TLS and a password: RDS must show a certificate of RDS' own authorities of the region and for a name of theirs, ElastiCache a publicly signed one for a name of ElastiCache's (redis-exporter alone looks at neither); none of ours is asked for",
    why: "RDS and ElastiCache verify no certificate of a client, and theirs are of names that only exist once they do",
  },
  {
    field: "ports.tls",
    where: "the gateway's public port, with mtls",
    instead: "plain HTTP from the load balancer to the gateway; from there on certificates are asked for",
    why: "the load balancer shows no certificate of ours",
  },
  {
    field: "secretFiles.live",
    where: "workloads with live secret files",
    instead: "a new value is read by tasks that start after it: `aws ecs update-service --force-new-deployment`",
    why: "ECS gives a task its secrets at its start",
  },
  {
    field: "secrets.registryPassword",
    where: 'held in Secrets Manager: the entry is {"username": …, "password": …}',
    instead: "images.registryUser is not read from the settings",
    why: "ECS takes user and password from one entry",
  },
];
