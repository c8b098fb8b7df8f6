import type { Alert } from "./alerts/alert.ts";
import { logAlerts, metricAlerts } from "./alerts/catalogue.ts";
import { applicationMembers } from "./application/application.ts";
import { blueprint } from "./blueprint.ts";
import { loggersOf } from "./logging/loggers.ts";
import { loggingMembers } from "./logging/logging.ts";
import { monitoringMembers } from "./monitoring/monitoring.ts";
import { scrapedJobs } from "./monitoring/prometheus-config.ts";
import type { Settings } from "./settings.ts";
import { throughVault } from "./vault/delivery.ts";
import { vaultProblems } from "./vault/problems.ts";
import { type ConfigFile, isWorkload, type Member, type WorkloadSpec } from "./workload/index.ts";

export { isWorkload, type Member } from "./workload/index.ts";

/** All that a stack is made of, as plain values: what a target turns into resources. */
export interface PlatformSpec {
  readonly application: readonly Member[];
  readonly monitoring: readonly WorkloadSpec[];
  readonly logging: readonly WorkloadSpec[];
  readonly alerts: readonly Alert[];
}

/** Describes a stack's platform; pure, needs neither engine nor network. */
export function describePlatform(settings: Settings): PlatformSpec {
  const plan = blueprint(settings);
  const { without } = settings;
  const application = leaveOut(without, applicationMembers(plan));
  const containers = application.filter(isWorkload);
  const loggers = loggersOf(settings, containers);
  const logging = leaveOut(without, loggingMembers(plan, loggers));
  const monitoring = leaveOut(without, monitoringMembers(plan, [...containers, ...logging], loggers));
  const jobs = scrapedJobs(settings, [...containers, ...logging, ...monitoring]);
  const handed = <M extends Member>(members: readonly M[]) =>
    members.map((member) => (isWorkload(member) ? throughVault(settings, member) : member));
  const alerts = [...metricAlerts({ settings, jobs }), ...logAlerts({ settings, loggers })];
  return {
    application: handed(application),
    monitoring: handed(monitoring).filter(isWorkload),
    logging: handed(logging).filter(isWorkload),
    alerts,
  };
}

/** The others, which wait for none of those that are left out and connect to none. */
function leaveOut<M extends Member>(names: readonly string[], members: readonly M[]): readonly M[] {
  if (names.length === 0) return members;
  const isThere = (name: string): boolean => !names.includes(name);
  return members
    .filter(({ name }) => isThere(name))
    .map((member) =>
      isWorkload(member)
        ? {
            ...member,
            connectsTo: member.connectsTo.filter(({ to }) => isThere(to)),
            startsAfter: member.startsAfter.filter(isThere),
          }
        : member,
    );
}

export const membersOf = ({ application, monitoring, logging }: PlatformSpec): readonly Member[] => [
  ...application,
  ...logging,
  ...monitoring,
];

/** The files that a workload mounts; none where the stack has no such workload. */
export const filesOf = (platform: PlatformSpec, name: string): readonly ConfigFile[] =>
  membersOf(platform)
    .filter(isWorkload)
    .filter((each) => each.name === name)
    .flatMap(({ files }) => files);

/** The content of a file that a workload mounts. Throws where it mounts none of that path. */
export function mountedFile(platform: PlatformSpec, name: string, path: string): string {
  const file = filesOf(platform, name).find((each) => each.path === path);
  if (file === undefined) throw new Error(`${name} mounts no ${path}`);
  return file.content;
}

/**
 * What the stack's target cannot keep of its platform, and connections that lead nowhere; each one message.
 * Empty for a stack that can be deployed.
 */
export function platformProblems(settings: Settings, platform: PlatformSpec): readonly string[] {
  const members = membersOf(platform);
  const names = new Set(members.map((member) => member.name));
  const unmanaged = members.flatMap((member) =>
    member.kind === "managed" && !settings.target.managed.includes(member.engine)
      ? [`${member.name}: target ${settings.target.name} runs no managed ${member.engine}; set its management to "own"`]
      : [],
  );
  const workloads = members.filter(isWorkload);
  const strangers = settings.without.length === 0 ? [] : unknownNames(settings);
  const dangling = workloads.flatMap((spec) =>
    [...spec.connectsTo.map(({ to }) => to), ...spec.startsAfter]
      .filter((to) => !names.has(to))
      .map((to) => `${spec.name}: names "${to}"; the platform has ${[...names].join(", ")}`),
  );
  return [
    ...strangers,
    ...unmanaged,
    ...dangling,
    ...workloads.flatMap((spec) => settings.target.problems(spec)),
    ...settings.target.clashes(members),
    ...vaultProblems(settings, members),
  ];
}

function unknownNames(settings: Settings): readonly string[] {
  const all = membersOf(describePlatform({ ...settings, without: [] })).map(({ name }) => name);
  return settings.without
    .filter((name) => !all.includes(name))
    .map((name) => `without: "${name}" is no member of the platform; there are ${all.join(", ")}`);
}
