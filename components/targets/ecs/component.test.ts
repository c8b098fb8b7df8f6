import { beforeAll, describe, expect, test } from "vitest";
import { InvalidSpec, workload } from "../../workload/index.ts";
import { backend, cache, collector, database, edge, section, store } from "./samples.ts";
import { ecsSection } from "./section.ts";
import { type Asked, askedFor } from "./testing.ts";

let all: readonly Asked[];
beforeAll(async () => {
  all = await askedFor();
}, 120_000);

const inputsOf = (type: string, name: string, from = all) => {
  const found = from.find((asked) => asked.type === type && asked.name === name);
  if (found === undefined) throw new Error(`nothing asked for ${type} ${name}`);
  return found.inputs;
};
const ofType = (type: string) => all.filter((asked) => asked.type === type);
const service = (name: string) => inputsOf("aws:ecs/service:Service", name);
const taskDefinition = (name: string) => inputsOf("aws:ecs/taskDefinition:TaskDefinition", name);
const containers = (name: string) => JSON.parse(String(taskDefinition(name).containerDefinitions));

describe("a rolling workload with a public port", () => {
  test("stands behind the load balancer, which asks its readiness", () => {
    expect(inputsOf("aws:lb/targetGroup:TargetGroup", "gateway")).toMatchObject({
      port: 80,
      protocol: "HTTP",
      targetType: "ip",
      healthCheck: { path: "/-/ready", interval: 5, timeout: 2, unhealthyThreshold: 3, healthyThreshold: 2 },
    });
    expect(service("gateway")).toMatchObject({
      loadBalancers: [{ containerName: "gateway", containerPort: 80 }],
      healthCheckGracePeriodSeconds: 17,
    });
  });

  test("rolls over with one more and none less, and goes back when it fails", () => {
    expect(service("gateway")).toMatchObject({
      desiredCount: 2,
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 150,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      deploymentController: { type: "ECS" },
      waitForSteadyState: true,
      availabilityZoneRebalancing: "ENABLED",
      enableExecuteCommand: false,
      capacityProviderStrategies: [{ capacityProvider: "trading-prod-hosts" }],
    });
  });

  test("is confined, and asked by liveness", () => {
    const [prepare, own] = containers("gateway");
    expect(own).toMatchObject({
      name: "gateway",
      image: "docker.io/library/nginx:1.28.0-alpine",
      user: "101:101",
      readonlyRootFilesystem: true,
      dockerSecurityOptions: ["no-new-privileges"],
      systemControls: [{ namespace: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
      linuxParameters: { capabilities: { drop: ["ALL"] }, tmpfs: [{ containerPath: "/tmp", size: 64 }] },
      healthCheck: {
        command: ["CMD", "wget", "-q", "-O", "/dev/null", "-T", "5", "http://127.0.0.1:80/-/live"],
        interval: 15,
        timeout: 5,
        retries: 4,
        startPeriod: 0,
      },
      dependsOn: [{ containerName: "prepare", condition: "SUCCESS" }],
      mountPoints: [{ sourceVolume: "files-0", containerPath: "/etc/gateway", readOnly: true }],
      logConfiguration: { logDriver: "json-file", options: { "max-size": "20m", "max-file": "3" } },
      dockerLabels: { component: "gateway", stack: "prod", version: "1.28.0-alpine" },
    });
    expect(prepare.image).toMatch(/^public\.ecr\.aws\/aws-cli\/aws-cli:\d/);
    expect(prepare.essential).toBe(false);
    expect(prepare.secrets).toEqual([
      { name: "SECRET_0", valueFrom: "arn:aws:ssm:eu-central-1:111122223333:parameter/trading-prod/tlsPrivateKey" },
    ]);
  });

  test("finds its files under keys that change with them", async () => {
    const { key, content } = inputsOf("aws:s3/bucketObjectv2:BucketObjectv2", "gateway-file-0");
    expect(content).toBe("events {}\n");
    expect(containers("gateway")[0].command[0]).toContain(`s3://trading-prod-config-111122223333/${key}`);
    const changed = workload({ ...edge, files: [{ path: "/etc/gateway/nginx.conf", content: "events { }\n" }] });
    const other = await askedFor({ members: [database, cache, backend, changed, store, collector] });
    expect(inputsOf("aws:s3/bucketObjectv2:BucketObjectv2", "gateway-file-0", other).key).not.toBe(key);
    expect(inputsOf("aws:ecs/taskDefinition:TaskDefinition", "gateway", other).containerDefinitions).not.toBe(
      taskDefinition("gateway").containerDefinitions,
    );
  });
});

describe("a release that answers errors", () => {
  test("is taken back by alarms on what customers get, where customers reach it", () => {
    const alarms = {
      enable: true,
      rollback: true,
      alarmNames: ["trading-prod-release-errors", "trading-prod-release-unhealthy"],
    };
    expect(service("gateway").alarms).toEqual(alarms);
    expect(service("backend").alarms).toEqual(alarms);
    for (const other of ["loki", "promtail"]) expect(service(other).alarms).toBeUndefined();
    const made = ofType("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs);
    for (const name of alarms.alarmNames) {
      expect(made.find((inputs) => inputs.name === name)?.dimensions).toEqual({
        LoadBalancer: "app/balancer/0123456789abcdef",
        TargetGroup: "targetgroup/gateway/0123456789abcdef",
      });
    }
  });
});

describe("a workload that scales", () => {
  test("is held between its bounds by its CPU", () => {
    expect(inputsOf("aws:appautoscaling/target:Target", "backend")).toMatchObject({
      resourceId: "service/trading-prod/backend",
      minCapacity: 2,
      maxCapacity: 6,
    });
    expect(inputsOf("aws:appautoscaling/policy:Policy", "backend")).toMatchObject({
      targetTrackingScalingPolicyConfiguration: {
        targetValue: 60,
        predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
      },
    });
  });

  test("gets its time to start, and its secrets by reference [requirement environment/secrets]", () => {
    const [own] = containers("backend");
    expect(own.healthCheck.startPeriod).toBe(50);
    expect(own.secrets[0].valueFrom).toBe(
      "arn:aws:secretsmanager:eu-central-1:111122223333:secret:trading/prod/databasePassword",
    );
    expect(own.memoryReservation).toBe(128);
    expect(own.memory).toBe(256);
    expect(own.stopTimeout).toBe(30);
  });

  test("may read exactly its secrets and pull exactly its images", () => {
    const policy = JSON.parse(String(inputsOf("aws:iam/rolePolicy:RolePolicy", "backend-execution").policy));
    const allowed = policy.Statement.flatMap(({ Action }: { Action: string[] }) => Action);
    const reads = policy.Statement.find(({ Action }: { Action: string[] }) =>
      Action.includes("secretsmanager:GetSecretValue"),
    );
    expect(reads.Resource).toEqual([
      "arn:aws:secretsmanager:eu-central-1:111122223333:secret:trading/prod/databasePassword-??????",
    ]);
    expect(allowed).not.toContain("ssm:GetParameters");
    expect(JSON.stringify(policy)).toContain("repository/trading/backend");
    expect(JSON.stringify(policy)).not.toContain("trading/probe");
  });
});

describe("the owner of a volume", () => {
  test("stops first, on the monitoring host", () => {
    expect(service("loki")).toMatchObject({
      desiredCount: 1,
      deploymentMinimumHealthyPercent: 0,
      deploymentMaximumPercent: 100,
      availabilityZoneRebalancing: "DISABLED",
      capacityProviderStrategies: [{ capacityProvider: "trading-prod-monitoring" }],
    });
    expect(taskDefinition("loki").volumes).toContainEqual({ name: "data", hostPath: "/data/loki/data" });
    expect(containers("loki")[0].command[0]).toContain("chown 10001:10001 /prepare/data");
    expect(containers("loki")[1].healthCheck.command).toEqual(["CMD", "loki", "-version"]);
  });

  test("has a disk that outlives its host, and a bucket of its own", () => {
    expect(inputsOf("aws:ebs/volume:Volume", "data")).toMatchObject({
      size: 22,
      encrypted: true,
      availabilityZone: "eu-central-1a",
    });
    const policy = JSON.parse(String(inputsOf("aws:iam/rolePolicy:RolePolicy", "loki-task").policy));
    expect(JSON.stringify(policy)).toContain("arn:aws:s3:::trading-prod-logs-111122223333/*");
    expect(containers("loki")[1].environment).toEqual([{ name: "AWS_REGION", value: "eu-central-1" }]);
  });
});

describe("a workload once a host", () => {
  test("is a daemon on the host's network, root with its reason", () => {
    expect(service("promtail")).toMatchObject({
      schedulingStrategy: "DAEMON",
      deploymentMaximumPercent: 100,
      deploymentMinimumHealthyPercent: 66,
    });
    expect(service("promtail").networkConfiguration).toBeUndefined();
    expect(taskDefinition("promtail").networkMode).toBe("host");
    const [probe, own] = containers("promtail");
    expect(own.user).toBe("0:0");
    expect(own.dockerLabels["trading-platform/root-reason"]).toMatch(/readable by root/);
    expect(own.healthCheck.command).toEqual(["CMD", "/probe/probe", "http", "http://127.0.0.1:9080/metrics", "5"]);
    expect(probe.command).toEqual(["install", "/prepare/probe"]);
  });
});

describe("the network", () => {
  const rules = (kind: string) => ofType(`aws:vpc/securityGroup${kind}Rule:SecurityGroup${kind}Rule`);

  test("opens what connectsTo says, and nothing else", () => {
    expect(
      rules("Ingress")
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      "backend-cache-6379",
      "backend-database-5432",
      "balancer-gateway-80",
      "customers-balancer-443",
      "customers-balancer-80",
      "gateway-backend-8000",
      "hosts-database-5432",
      "hosts-loki-3100",
    ]);
    expect(
      rules("Egress")
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      "backend-cache-6379",
      "backend-database-5432",
      "backend-internet",
      "balancer-gateway-80",
      "gateway-backend-8000",
      "gateway-s3",
      "hosts-database-5432",
      "hosts-internet",
      "hosts-loki-3100",
      "loki-internet",
      "loki-s3",
    ]);
  });

  test("has a way out in each zone in production, one for all in staging", async () => {
    expect(ofType("aws:ec2/natGateway:NatGateway")).toHaveLength(2);
    const staging = await askedFor({ environment: "staging", stack: "staging" });
    expect(staging.filter(({ type }) => type === "aws:ec2/natGateway:NatGateway")).toHaveLength(1);
  });

  test("hosts ask for credentials by token, one hop away", () => {
    for (const { inputs } of ofType("aws:ec2/launchTemplate:LaunchTemplate")) {
      expect(inputs.metadataOptions).toMatchObject({ httpTokens: "required", httpPutResponseHopLimit: 1 });
    }
  });
});

describe("managed services", () => {
  test("the database is encrypted and backed up, speaks TLS only, and learns its password by a write-only argument", () => {
    const inputs = inputsOf("aws:rds/instance:Instance", "database");
    expect(inputs).toMatchObject({
      storageEncrypted: true,
      multiAz: true,
      deletionProtection: true,
      passwordWoVersion: 42,
      backupRetentionPeriod: 14,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: "trading-prod-database-final",
      copyTagsToSnapshot: true,
    });
    expect(inputs).not.toHaveProperty("password");
    expect(inputsOf("aws:rds/parameterGroup:ParameterGroup", "database").parameters).toContainEqual({
      name: "rds.force_ssl",
      value: "1",
      applyMethod: "immediate",
    });
  });

  test("answer under their names in the namespace", () => {
    expect(inputsOf("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace", "names").name).toBe(
      "prod.trading.internal",
    );
    expect(inputsOf("aws:servicediscovery/instance:Instance", "database").attributes).toHaveProperty(
      "AWS_INSTANCE_CNAME",
    );
    expect(inputsOf("aws:elasticache/replicationGroup:ReplicationGroup", "cache")).toMatchObject({
      engine: "valkey",
      transitEncryptionEnabled: true,
      atRestEncryptionEnabled: true,
    });
  });
});

test("every resource that takes tags says whose it is", () => {
  const tagged = all.filter(({ inputs }) => typeof inputs.tags === "object" && !Array.isArray(inputs.tags));
  expect(tagged.length).toBeGreaterThan(60);
  for (const { name, inputs } of tagged) {
    expect(inputs.tags, name).toMatchObject({
      project: "trading-platform",
      stack: "prod",
      environment: "production",
    });
  }
});

test("no secret of Secrets Manager is in an input of a workload", () => {
  const workloads = all.filter(({ type }) => type.startsWith("aws:ecs/") || type.startsWith("aws:s3/"));
  expect(JSON.stringify(workloads)).not.toContain("from the entry");
  expect(JSON.stringify(workloads)).not.toContain("value of ");
});

test("a zone in place of a certificate: certificate, proof and record are made", async () => {
  const { certificateArn: _, ...rest } = section;
  const zoned = await askedFor({}, ecsSection.parse({ ...rest, hostedZoneId: "Z0123456789ABCDEFGHIJ" }));
  const types = zoned.map(({ type }) => type);
  expect(types).toContain("aws:acm/certificate:Certificate");
  expect(zoned.filter(({ type }) => type === "aws:route53/record:Record")).toHaveLength(2);
});

test("a name beside the domain is in the certificate, proven by a record of its own, and leads to the balancer", async () => {
  const { certificateArn: _, ...rest } = section;
  const other = "grafana.trading.example.com";
  const zoned = await askedFor(
    { otherDomains: [other] },
    ecsSection.parse({ ...rest, hostedZoneId: "Z0123456789ABCDEFGHIJ" }),
  );
  const certificate = zoned.find(({ type }) => type === "aws:acm/certificate:Certificate");
  expect(certificate?.inputs).toMatchObject({
    domainName: "trading.example.com",
    subjectAlternativeNames: [other],
  });
  const records = zoned.filter(({ type }) => type === "aws:route53/record:Record").map(({ inputs }) => inputs);
  expect(records.map(({ name, type }) => `${type} ${name}`).sort()).toEqual([
    "A grafana.trading.example.com",
    "A trading.example.com",
    "CNAME _a.grafana.trading.example.com",
    "CNAME _a.trading.example.com",
  ]);
});

test("what does not fit is refused before anything is made", async () => {
  const small = { ...section, monitoringHost: { instanceType: "c6i.large" } };
  const big = workload({
    ...store,
    resources: { cpu: { request: 3000, limit: 3000 }, memory: { request: 128, limit: 256 } },
  });
  await expect(askedFor({ members: [edge, backend, big, database, cache] }, small)).rejects.toThrow(InvalidSpec);
  await expect(askedFor({ members: [edge, backend, big, database, cache] }, small)).rejects.toThrow(
    /monitoringHost\.instanceType: c6i\.large has 2048 CPU units/,
  );
  await expect(askedFor({ members: [backend, store, database, cache] })).rejects.toThrow(/exactly one/);
  await expect(askedFor({ stack: "a-very-long-name-for-a-stack" })).rejects.toThrow(/at most 24/);
});
