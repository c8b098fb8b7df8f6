import type { SecretName } from "../../components/workload/index.ts";
import { at, entries, list, number, pairs, text, texts } from "../support/json.ts";
import type { Rendered, Rendering } from "../support/render.ts";
import {
  type HeldSecret,
  type Observed,
  type ObservedProbe,
  type ObservedVolume,
  readHealthCommand,
  secondsOf,
  sorted,
} from "./observed.ts";
import { type PreparedFile, runPreparation } from "./run-preparation.ts";

/** Name of the secret that an ARN leads to. */
export type SecretOf = (arn: string) => SecretName | undefined;

/** Reads a workload out of AWS resources: its service, task definition, files, roles and security groups. */
export function readEcs({ resources }: Rendering, name: string, secretOf: SecretOf): Observed {
  const of = (type: string) => resources.filter((one) => one.type === `aws:${type}`);
  const service = one(of("ecs/service:Service"), ({ inputs }) => inputs.name === name);
  const task = one(
    of("ecs/taskDefinition:TaskDefinition"),
    (candidate) => arnOf(candidate) === service.inputs.taskDefinition,
  );
  const definitions = list(JSON.parse(text(task.inputs.containerDefinitions) ?? "[]"));
  const own = definitions.find((definition) => at(definition, "name") === name);
  const labels = Object.fromEntries(entries(at(own, "dockerLabels")));
  const [uid, gid] = (text(at(own, "user")) ?? "").split(":").map(Number);
  const before = helpersOf(own, definitions);
  const mounts = mountsOf(own, task);
  const isPerHost = service.inputs.schedulingStrategy === "DAEMON";
  return {
    image: text(at(own, "image")) ?? "",
    command: at(own, "entryPoint") === undefined ? null : texts(at(own, "entryPoint")),
    args: texts(at(own, "command")),
    variables: pairs(at(own, "environment"), "name"),
    secretVariables: Object.fromEntries(
      list(at(own, "secrets")).map((entry) => [
        text(at(entry, "name")) ?? "",
        held(marked(at(entry, "valueFrom"), secretOf)),
      ]),
    ),
    ...filesOf(before, mounts, of("s3/bucketObjectv2:BucketObjectv2"), secretOf, `${uid}:${gid}`),
    ports: portsOf(own, service, of("lb/targetGroup:TargetGroup")),
    probes: {
      ...containerProbes(own, before, mounts),
      readiness: balancerProbe(service, of("lb/targetGroup:TargetGroup")),
    },
    placement: {
      kind: isPerHost ? "per-host" : "replicas",
      scaling: scalingOf(name, service, resources),
      rollout: rolloutOf(
        own,
        service,
        task,
        isPerHost ? hostCount(of("autoscaling/group:Group")) : Number(service.inputs.desiredCount),
      ),
    },
    resources: {
      cpu: { request: Math.round(((number(at(own, "cpu")) ?? 0) * 1000) / 1024), limit: null },
      memory: { request: number(at(own, "memoryReservation")) ?? 0, limit: number(at(own, "memory")) ?? null },
    },
    user: { uid: uid ?? -1, gid: gid ?? -1, rootReason: text(labels["trading-platform/root-reason"]) ?? null },
    readOnlyRootFilesystem: at(own, "readonlyRootFilesystem") === true,
    privileges: privilegesOf(own),
    volumes: volumesOf(own, mounts),
    ...networkOf(service, task, resources),
    startsAfter: sorted(service.options.dependsOn.filter((other) => isMember(other, resources))),
    kubernetesAccess: null,
    cloudAccess: cloudAccessOf(task, resources),
  };
}

const arnOf = ({ name }: Rendered): string => `arn:aws:mock:eu-central-1:111122223333:${name}`;

function one(candidates: readonly Rendered[], isIt: (candidate: Rendered) => boolean): Rendered {
  const [found, ...others] = candidates.filter(isIt);
  if (found === undefined || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} in place of one`);
  return found;
}

const isMember = (name: string, resources: readonly Rendered[]): boolean =>
  resources.some(
    ({ type, name: other }) =>
      other === name && /^aws:(?:ecs\/service|rds\/instance|elasticache\/replicationGroup):/.test(type),
  );

const marked = (arn: unknown, secretOf: SecretOf): string => {
  const name = secretOf(text(arn) ?? "");
  return name === undefined ? `an unknown entry ${arn}` : `<value of ${name}>`;
};

const held = (value: string): HeldSecret => ({ text: value, held: "reference" });

/** Containers that the workload's own waits for. */
const helpersOf = (own: unknown, definitions: readonly unknown[]): readonly unknown[] =>
  list(at(own, "dependsOn"))
    .filter((dependency) => at(dependency, "condition") === "SUCCESS")
    .flatMap((dependency) => definitions.filter((other) => at(other, "name") === at(dependency, "containerName")));

interface Mount {
  readonly volume: string;
  readonly path: string;
  readonly readOnly: boolean;
  readonly hostPath: string | undefined;
}

const mountsOf = (container: unknown, task: Rendered): readonly Mount[] =>
  list(at(container, "mountPoints")).map((mount) => {
    const volume = text(at(mount, "sourceVolume")) ?? "";
    const declared = list(task.inputs.volumes).find((candidate) => at(candidate, "name") === volume);
    return {
      volume: declared === undefined ? "not declared" : volume,
      path: text(at(mount, "containerPath")) ?? "",
      readOnly: at(mount, "readOnly") === true,
      hostPath: text(at(declared, "hostPath")),
    };
  });

/** What the preparation leaves in the volumes, at the paths where the workload's container sees them. */
function filesOf(
  before: readonly unknown[],
  mounts: readonly Mount[],
  objects: readonly Rendered[],
  secretOf: SecretOf,
  owner: string,
): Pick<Observed, "files" | "secretFiles"> {
  const prepared = before.flatMap((container) =>
    texts(at(container, "entryPoint")).join(" ") === "/bin/sh -euc"
      ? runPreparation(container, objects, (arn) => marked(arn, secretOf))
      : [],
  );
  const seen = prepared.flatMap((file): [string, PreparedFile][] => {
    const mount = mounts.find(({ volume, readOnly }) => volume === file.volume && readOnly);
    return mount === undefined ? [] : [[`${mount.path}/${file.path}`, file]];
  });
  const isSecret = ([, { content }]: [string, PreparedFile]) => content.includes("<value of ");
  return {
    files: Object.fromEntries(seen.filter((entry) => !isSecret(entry)).map(([path, { content }]) => [path, content])),
    secretFiles: Object.fromEntries(
      seen
        .filter(isSecret)
        .map(([path, { content, mode, owner: given }]): [string, HeldSecret] => [
          path,
          mode === "400" && (given === owner || owner === "0:0") ? held(content) : { text: content, held: "plain" },
        ]),
    ),
  };
}

/** Customers reach what the load balancer sends them to. */
function portsOf(own: unknown, service: Rendered, targetGroups: readonly Rendered[]): Observed["ports"] {
  const forwarded = list(service.inputs.loadBalancers)
    .filter((balancer) => targetGroups.some((group) => arnOf(group) === at(balancer, "targetGroupArn")))
    .map((balancer) => at(balancer, "containerPort"));
  return Object.fromEntries(
    list(at(own, "portMappings")).map((mapping) => {
      const port = at(mapping, "containerPort");
      return [String(port), forwarded.includes(port) ? "public" : "internal"];
    }),
  );
}

function containerProbes(
  own: unknown,
  before: readonly unknown[],
  mounts: readonly Mount[],
): Pick<Observed["probes"], "liveness" | "startup"> {
  const check = at(own, "healthCheck");
  const [form, ...words] = texts(at(check, "command"));
  const hasBinary = mounts.some(
    ({ path, volume }) => path === "/probe" && before.some((container) => installsProbe(container, volume)),
  );
  const asked = readHealthCommand(form === "CMD" ? words : ["not CMD", ...words], hasBinary);
  const timeout = number(at(check, "timeout")) ?? 0;
  const liveness: ObservedProbe = {
    check: asked.check,
    by: asked.by,
    interval: number(at(check, "interval")) ?? 0,
    timeout: asked.patience === null || asked.patience === timeout ? timeout : Number.NaN,
    failureThreshold: number(at(check, "retries")) ?? 0,
  };
  const period = number(at(check, "startPeriod")) ?? 0;
  return { liveness, startup: period === 0 ? null : { ...liveness, interval: period, failureThreshold: 1 } };
}

const installsProbe = (container: unknown, volume: string): boolean => {
  const target = list(at(container, "mountPoints")).find((mount) => at(mount, "sourceVolume") === volume);
  return texts(at(container, "command")).join(" ") === `install ${text(at(target, "containerPath"))}`;
};

function balancerProbe(service: Rendered, targetGroups: readonly Rendered[]): ObservedProbe | null {
  const [balancer] = list(service.inputs.loadBalancers);
  const group = targetGroups.find((candidate) => arnOf(candidate) === at(balancer, "targetGroupArn"));
  if (group === undefined) return null;
  const check = group.inputs.healthCheck;
  return {
    check: `http ${at(balancer, "containerPort")} ${text(at(check, "path"))}`,
    by: "load balancer",
    interval: number(at(check, "interval")) ?? 0,
    timeout: number(at(check, "timeout")) ?? 0,
    failureThreshold: number(at(check, "unhealthyThreshold")) ?? 0,
  };
}

function scalingOf(name: string, service: Rendered, resources: readonly Rendered[]): Observed["placement"]["scaling"] {
  const count = number(service.inputs.desiredCount) ?? 1;
  const isFor = ({ inputs }: Rendered) => (text(inputs.resourceId) ?? "").endsWith(`/${name}`);
  const range = resources.find(
    (candidate) => candidate.type === "aws:appautoscaling/target:Target" && isFor(candidate),
  );
  const policy = resources.find(
    (candidate) => candidate.type === "aws:appautoscaling/policy:Policy" && isFor(candidate),
  );
  if (range === undefined || policy === undefined) return { minimum: count, maximum: count, target: null };
  const tracking = policy.inputs.targetTrackingScalingPolicyConfiguration;
  const value = number(at(tracking, "targetValue")) ?? 0;
  const metric = at(tracking, "predefinedMetricSpecification", "predefinedMetricType");
  return {
    minimum: number(range.inputs.minCapacity) ?? 0,
    maximum: number(range.inputs.maxCapacity) ?? 0,
    target:
      metric === "ECSServiceAverageCPUUtilization"
        ? { metric: "cpu", percent: value }
        : { metric: "requests", perSecond: value / 60 },
  };
}

/** Percentages of the wanted number, rounded as ECS does: the maximum down, the minimum up. */
function rolloutOf(own: unknown, service: Rendered, task: Rendered, wanted: number): Observed["placement"]["rollout"] {
  const percent = (key: string) => number(service.inputs[key]) ?? Number.NaN;
  const breaker = service.inputs.deploymentCircuitBreaker;
  const seesFailure =
    service.inputs.waitForSteadyState === true && at(service.inputs.deploymentController, "type") === "ECS";
  return {
    surge: Math.floor((wanted * percent("deploymentMaximumPercent")) / 100) - wanted,
    unavailable: wanted - Math.ceil((wanted * percent("deploymentMinimumHealthyPercent")) / 100),
    rollbackOnFailure: seesFailure && at(breaker, "enable") === true && at(breaker, "rollback") === true,
    progressDeadline: secondsOf(service.options.updateTimeout ?? ""),
    revisionsKept: task.inputs.skipDestroy === true ? "all" : null,
    stopGracePeriod: number(at(own, "stopTimeout")) ?? Number.NaN,
  };
}

/** Hosts that are always there. */
const hostCount = (groups: readonly Rendered[]): number =>
  groups.reduce((sum, { inputs }) => sum + (number(inputs.minSize) ?? 0), 0);

const privilegesOf = (own: unknown): readonly string[] => [
  ...(texts(at(own, "linuxParameters", "capabilities", "drop")).includes("ALL")
    ? []
    : ["capabilities of the default set"]),
  ...texts(at(own, "linuxParameters", "capabilities", "add")),
  ...(texts(at(own, "dockerSecurityOptions")).includes("no-new-privileges") ? [] : ["new privileges"]),
  ...(at(own, "privileged") === true ? ["privileged"] : []),
];

/** The monitoring host mounts its EBS volume at /data. */
function volumesOf(own: unknown, mounts: readonly Mount[]): Observed["volumes"] {
  const mounted = mounts.flatMap(({ path, hostPath, readOnly }): [string, ObservedVolume][] => {
    if (hostPath === undefined) return [];
    return [
      [
        path,
        hostPath.startsWith("/data/") ? { kind: "persistent", sizeGiB: null } : { kind: "host", hostPath, readOnly },
      ],
    ];
  });
  const scratch = list(at(own, "linuxParameters", "tmpfs")).map((mount): [string, ObservedVolume] => [
    text(at(mount, "containerPath")) ?? "",
    { kind: "scratch", sizeMiB: number(at(mount, "size")) ?? 0 },
  ]);
  return Object.fromEntries([...mounted, ...scratch]);
}

const GROUP = "aws:ec2/securityGroup:SecurityGroup";

/** A connection is open when the one side's group lets it out and the other's lets it in. */
function networkOf(
  service: Rendered,
  task: Rendered,
  resources: readonly Rendered[],
): Pick<Observed, "connectsTo" | "internet"> {
  const own =
    task.inputs.networkMode === "host"
      ? `${GROUP}::hosts`
      : texts(at(service.inputs.networkConfiguration, "securityGroups"))[0];
  const rules = (way: string) =>
    resources.filter(({ type }) => type === `aws:vpc/securityGroup${way}Rule:SecurityGroup${way}Rule`);
  const out = rules("Egress").filter(({ inputs }) => inputs.securityGroupId === own);
  const open = out.filter(({ inputs }) =>
    rules("Ingress").some(
      ({ inputs: other }) =>
        other.securityGroupId === inputs.referencedSecurityGroupId &&
        other.referencedSecurityGroupId === own &&
        other.fromPort === inputs.fromPort &&
        other.toPort === inputs.toPort,
    ),
  );
  return {
    connectsTo: sorted(
      open.map(
        ({ inputs }) => `${ownerOf(inputs.referencedSecurityGroupId, inputs.fromPort, resources)}:${inputs.fromPort}`,
      ),
    ),
    internet: out.some(
      ({ inputs }) => inputs.cidrIpv4 === "0.0.0.0/0" && inputs.fromPort === 0 && inputs.toPort === 65_535,
    ),
  };
}

/** Whose network interface a group is on; on the hosts' it is told by the port. */
function ownerOf(group: unknown, port: unknown, resources: readonly Rendered[]): string {
  const name = String(group).slice(`${GROUP}::`.length);
  if (name !== "hosts") return name;
  const listener = resources.find(
    ({ type, inputs }) =>
      type === "aws:ecs/taskDefinition:TaskDefinition" &&
      inputs.networkMode === "host" &&
      list(JSON.parse(text(inputs.containerDefinitions) ?? "[]")).some((container) =>
        list(at(container, "portMappings")).some((mapping) => at(mapping, "containerPort") === port),
      ),
  );
  return listener?.name ?? "hosts";
}

function cloudAccessOf(task: Rendered, resources: readonly Rendered[]): string | null {
  const role = resources.find(
    (candidate) => candidate.type === "aws:iam/role:Role" && arnOf(candidate) === task.inputs.taskRoleArn,
  );
  const policy = resources.find(({ type, name }) => type === "aws:iam/rolePolicy:RolePolicy" && name === role?.name);
  const actions = list(at(JSON.parse(text(policy?.inputs.policy) ?? "{}"), "Statement")).flatMap((statement) =>
    texts(at(statement, "Action")),
  );
  if (actions.includes("ec2:DescribeInstances")) return "host-discovery";
  return actions.includes("s3:PutObject") ? "log-store" : null;
}
