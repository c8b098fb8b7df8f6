import type { Settings } from "../../../components/settings.ts";
import { at, entries, list, number, pairs, text, texts } from "../../support/json.ts";
import type { Rendered, Rendering } from "../../support/render.ts";
import { readHealthCommand, timeoutOf } from "../health-command.ts";
import { givenLevels } from "../log-level.ts";
import { type Observed, type ObservedProbe, sorted } from "../observed.ts";
import { type Mount, mountsOf, readFiles, readVolumes } from "./mounts.ts";
import { readNetwork } from "./network.ts";
import { readPlacement } from "./placement.ts";
import { readPorts, readReadiness } from "./ports.ts";
import { arnOf, heldSecret, ofType } from "./resources.ts";

/** Reads a workload out of AWS resources: its service, task definition, files, roles and security groups. */
export function readEcs({ resources }: Rendering, name: string, settings: Pick<Settings, "secrets">): Observed {
  const service = one(ofType(resources, "ecs/service:Service"), ({ inputs }) => inputs.name === name);
  const task = one(
    ofType(resources, "ecs/taskDefinition:TaskDefinition"),
    (candidate) => arnOf(candidate) === service.inputs.taskDefinition,
  );
  const definitions = list(JSON.parse(text(task.inputs.containerDefinitions) ?? "[]"));
  const own = definitions.find((definition) => at(definition, "name") === name);
  const labels = Object.fromEntries(entries(at(own, "dockerLabels")));
  const [uid, gid] = (text(at(own, "user")) ?? "").split(":").map(Number);
  const before = helpersOf(own, definitions);
  const mounts = mountsOf(own, task);
  const secretOf = (arn: unknown) => heldSecret(arn, resources, settings);
  const configuration = {
    image: text(at(own, "image")) ?? "",
    args: texts(at(own, "command")),
    variables: pairs(at(own, "environment"), "name"),
    ...readFiles(before, mounts, resources, secretOf, `${uid}:${gid}`),
  };
  return {
    ...configuration,
    command: at(own, "entryPoint") === undefined ? null : texts(at(own, "entryPoint")),
    secretVariables: Object.fromEntries(
      list(at(own, "secrets")).map((entry) => [text(at(entry, "name")) ?? "", secretOf(at(entry, "valueFrom"))]),
    ),
    logLevel: givenLevels(configuration),
    ports: readPorts(own, service, task, resources),
    probes: { ...containerProbes(own, before, mounts), readiness: readReadiness(service, resources) },
    placement: readPlacement(name, own, service, task, resources),
    resources: {
      cpu: { request: Math.round(((number(at(own, "cpu")) ?? 0) * 1000) / 1024), limit: null },
      memory: { request: number(at(own, "memoryReservation")) ?? 0, limit: number(at(own, "memory")) ?? null },
    },
    user: { uid: uid ?? -1, gid: gid ?? -1, rootReason: text(labels["trading-platform/root-reason"]) ?? null },
    readOnlyRootFilesystem: at(own, "readonlyRootFilesystem") === true,
    privileges: readPrivileges(own),
    volumes: readVolumes(own, mounts, resources),
    ...readNetwork(service, task, resources),
    startsAfter: Object.fromEntries(
      sorted(service.options.dependsOn.filter((other) => isMember(other, resources))).map((other) => [other, "update"]),
    ),
    kubernetesAccess: null,
    cloudAccess: readCloudAccess(task, resources),
  };
}

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

/** Containers that the workload's own waits for. */
const helpersOf = (own: unknown, definitions: readonly unknown[]): readonly unknown[] =>
  list(at(own, "dependsOn"))
    .filter((dependency) => at(dependency, "condition") === "SUCCESS")
    .flatMap((dependency) => definitions.filter((other) => at(other, "name") === at(dependency, "containerName")));

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
  const liveness: ObservedProbe = {
    check: asked.check,
    by: asked.by,
    interval: number(at(check, "interval")) ?? 0,
    timeout: timeoutOf(asked, number(at(check, "timeout")) ?? 0),
    failureThreshold: number(at(check, "retries")) ?? 0,
  };
  const period = number(at(check, "startPeriod")) ?? 0;
  return { liveness, startup: period === 0 ? null : { ...liveness, interval: period, failureThreshold: 1 } };
}

const installsProbe = (container: unknown, volume: string): boolean => {
  const target = list(at(container, "mountPoints")).find((mount) => at(mount, "sourceVolume") === volume);
  return texts(at(container, "command")).join(" ") === `install ${text(at(target, "containerPath"))}`;
};

const readPrivileges = (own: unknown): readonly string[] => [
  ...(texts(at(own, "linuxParameters", "capabilities", "drop")).includes("ALL")
    ? []
    : ["capabilities of the default set"]),
  ...texts(at(own, "linuxParameters", "capabilities", "add")),
  ...(texts(at(own, "dockerSecurityOptions")).includes("no-new-privileges") ? [] : ["new privileges"]),
  ...(at(own, "privileged") === true ? ["privileged"] : []),
];

function readCloudAccess(task: Rendered, resources: readonly Rendered[]): string | null {
  const role = ofType(resources, "iam/role:Role").find((candidate) => arnOf(candidate) === task.inputs.taskRoleArn);
  const policy = ofType(resources, "iam/rolePolicy:RolePolicy").find(({ name }) => name === role?.name);
  const actions = list(at(JSON.parse(text(policy?.inputs.policy) ?? "{}"), "Statement")).flatMap((statement) =>
    texts(at(statement, "Action")),
  );
  if (actions.includes("ec2:DescribeInstances")) return "host-discovery";
  return actions.includes("s3:PutObject") ? "log-store" : null;
}
