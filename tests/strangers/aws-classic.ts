import * as aws from "@pulumi/aws";
import { keepsReleases } from "./lifecycle.ts";

/** A service on Fargate with everything left to defaults. */
export function careless(): void {
  const world = new aws.ec2.SecurityGroup("world", {
    ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
  });
  new aws.rds.Instance("db", {
    engine: "mysql",
    instanceClass: "db.t4g.micro",
    publiclyAccessible: true,
    skipFinalSnapshot: true,
    vpcSecurityGroupIds: [world.id],
  });
  const group = new aws.lb.TargetGroup("api", { port: 80, protocol: "HTTP", targetType: "ip" });
  const task = new aws.ecs.TaskDefinition("api", {
    family: "api",
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
    containerDefinitions: JSON.stringify([
      {
        name: "api",
        image: "acme/api:latest",
        environment: [{ name: "DB_PASSWORD", value: "hunter2" }],
        healthCheck: { command: ["CMD-SHELL", "curl -f http://localhost/ || exit 0"] },
      },
    ]),
  });
  new aws.ecs.Service("api", {
    desiredCount: 1,
    deploymentMinimumHealthyPercent: 100,
    deploymentMaximumPercent: 100,
    taskDefinition: task.arn,
    networkConfiguration: { subnets: ["subnet-a"], assignPublicIp: true },
    loadBalancers: [{ targetGroupArn: group.arn, containerName: "api", containerPort: 80 }],
  });
}

const tags = { Environment: "production", Application: "shop" };

/** The same by somebody who has read AWS' guide. */
export function careful(): void {
  const front = new aws.ec2.SecurityGroup("front", {
    ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }],
  });
  new aws.lb.LoadBalancer("front", { securityGroups: [front.id], enableDeletionProtection: true, tags });
  const repository = new aws.ecr.Repository("api", { imageTagMutability: "IMMUTABLE", tags });
  new aws.ecr.LifecyclePolicy("api", { repository: repository.name, policy: keepsReleases });
  new aws.rds.Instance("db", {
    engine: "postgres",
    instanceClass: "db.m7g.large",
    storageEncrypted: true,
    backupRetentionPeriod: 14,
    deletionProtection: true,
    finalSnapshotIdentifier: "db-final",
    tags,
  });
  const group = new aws.lb.TargetGroup("api", {
    port: 8080,
    protocol: "HTTP",
    targetType: "ip",
    healthCheck: { path: "/healthz", interval: 15, timeout: 5, unhealthyThreshold: 3 },
  });
  const task = new aws.ecs.TaskDefinition("api", {
    family: "api",
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "512",
    memory: "1024",
    tags,
    containerDefinitions: JSON.stringify([
      {
        name: "api",
        image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/api:release-2026-01-09.4",
        user: "1000",
        readonlyRootFilesystem: true,
        linuxParameters: { capabilities: { drop: ["ALL"] } },
        secrets: [{ name: "DB_PASSWORD", valueFrom: "arn:aws:ssm:eu-west-1:111122223333:parameter/api/db" }],
        healthCheck: { command: ["CMD-SHELL", "curl -f http://localhost:8080/healthz || exit 1"], startPeriod: 30 },
      },
      {
        name: "xray",
        image: "amazon/aws-xray-daemon:3.3.14",
        essential: false,
        user: "1337",
        readonlyRootFilesystem: true,
        linuxParameters: { capabilities: { drop: ["ALL"] } },
      },
    ]),
  });
  new aws.ecs.Service("api", {
    desiredCount: 2,
    taskDefinition: task.arn,
    waitForSteadyState: true,
    deploymentCircuitBreaker: { enable: true, rollback: true },
    healthCheckGracePeriodSeconds: 60,
    networkConfiguration: { subnets: ["subnet-a", "subnet-b"] },
    loadBalancers: [{ targetGroupArn: group.arn, containerName: "api", containerPort: 8080 }],
    tags,
  });
}
