import { ask, violationAt, whenKnown, withoutRepetition } from "./ask.ts";
import { ifApplicable } from "./check.ts";
import { isRestarted, oneShot, runsBeside, seconds } from "./docker.ts";
import { type Finding, judged, notApplicable, type Resource, type Verdict } from "./policy.ts";
import { at, entries, flag, isAbsent, isUnknown, type Node, number, rootOf, text } from "./values.ts";

const PAGE = "https://www.pulumi.com/registry/packages/docker/api-docs/container/";
const ORDER_PAGE = "https://www.pulumi.com/docs/iac/concepts/options/deletebeforereplace/";
const SWARM_PAGE = "https://docs.docker.com/reference/cli/docker/service/update/";

/** That there is a health check to wait for is asked by require-probes; the provider fails a wait without one. */
export function judgeDockerContainer(resource: Resource): Verdict {
  const root = rootOf(resource.properties);
  const mayEnd = oneShot(root);
  if (mayEnd.is) return notApplicable("the container runs to its end (attach, or mustRun: false)");
  const findings = [
    ...ask(at(root, "wait"), (wait) => flag(wait) === true, {
      problem: "wait is not true: the old container goes before the new one is known to be healthy",
      repair: "wait: true",
      url: PAGE,
    }),
    ...timeoutFindings(root),
    ...ask(at(root, "restart"), isRestarted, {
      problem: "restart is not set: the container stays down when its process ends",
      repair: 'restart: "unless-stopped"',
      url: PAGE,
    }),
    ...orderFindings(root, resource),
  ];
  return judged(withoutRepetition(ifApplicable(mayEnd.undecided, findings)));
}

/** During `startPeriod` failures do not count, so a start may take that long; Docker asks each 30 s by default. */
function timeoutFindings(root: Node): readonly Finding[] {
  const timeout = at(root, "waitTimeout");
  const stated = number(timeout) ?? 0;
  if (isUnknown(timeout) || stated <= 0) {
    return ask(timeout, () => false, {
      problem: "waitTimeout is not stated: nobody decided when a release has failed",
      repair: "waitTimeout: 120",
      url: PAGE,
    });
  }
  const [startPeriod, interval] = ["startPeriod", "interval"].map((key) => at(root, "healthcheck", key));
  if (startPeriod === undefined || interval === undefined) return [];
  return whenKnown([startPeriod, interval], () => {
    const start = (seconds(startPeriod) ?? 0) + (seconds(interval) || 30);
    if (stated >= start) return [];
    const problem = `waitTimeout (${stated} s) is over before the start may be (${start} s): a good release counts as failed`;
    return [violationAt(timeout, { problem, repair: `waitTimeout: ${start + 60}`, url: PAGE, concern: "depth" })];
  });
}

/** Where old and new could run side by side: that nothing keeps them from it, neither the order nor a name. */
function orderFindings(root: Node, { name, deleteBeforeReplace }: Resource): readonly Finding[] {
  const beside = runsBeside(root);
  if (!beside.is && beside.undecided.length === 0) return [];
  // Only what is stated is judged: `pulumi policy analyze` does not tell the option.
  const order: readonly Finding[] =
    deleteBeforeReplace === true
      ? [
          {
            kind: "violation",
            property: "deleteBeforeReplace",
            problem:
              "deleteBeforeReplace stops the old container before the new one is healthy, although both could run",
            repair: "{ deleteBeforeReplace: false }",
            url: ORDER_PAGE,
          },
        ]
      : [];
  const fixed = at(root, "name");
  const naming: readonly Finding[] =
    isAbsent(fixed) || isUnknown(fixed) || isGiven(text(fixed) ?? "", name)
      ? []
      : [
          violationAt(fixed, {
            problem: "a fixed name cannot be held by two: the old container has to go before the new one is healthy",
            repair: "name: undefined, networksAdvanced: [{ name: network.name, aliases: [name] }]",
            url: ORDER_PAGE,
            concern: "depth",
          }),
        ];
  return ifApplicable(beside.undecided, [...order, ...naming]);
}

/** The provider's own names are the resource's with seven hexadecimal digits. */
const isGiven = (fixed: string, resource: string): boolean =>
  fixed.startsWith(`${resource}-`) && /^[0-9a-f]{7}$/.test(fixed.slice(resource.length + 1));

export function judgeDockerService({ properties }: Resource): Verdict {
  const root = rootOf(properties);
  const update = at(root, "updateConfig");
  const [parallelism, replicas] = [at(update, "parallelism"), at(root, "mode", "replicated", "replicas")];
  const global = at(root, "mode", "global");
  return judged(
    withoutRepetition([
      ...ask(at(update, "failureAction"), (action) => text(action) === "rollback", {
        problem: "updateConfig.failureAction is not rollback: a failed update stops half-way (pause is the default)",
        repair: 'updateConfig: { failureAction: "rollback", order: "start-first", monitor: "30s" }',
        url: SWARM_PAGE,
      }),
      ...whenKnown([at(update, "order"), replicas, global, parallelism], () => {
        const count = number(replicas) ?? 1;
        const isFirst = text(at(update, "order")) === "start-first";
        const together = number(parallelism) ?? 1;
        if (isFirst || flag(global) === true || (together > 0 && together < count) || ownsPort(root)) return [];
        const problem = `the update stops ${count === 1 ? "the only task" : `all ${count} tasks`} before a new one runs (stop-first is the default)`;
        const repair = 'updateConfig: { order: "start-first", parallelism: 1 }';
        return [violationAt(at(update, "order"), { problem, repair, url: SWARM_PAGE, concern: "depth" })];
      }),
    ]),
  );
}

/** A port published on the host itself, or a volume, belongs to one task at a time. */
const ownsPort = (root: Node): boolean =>
  entries(at(root, "endpointSpec", "ports")).some((port) => text(at(port, "publishMode")) === "host") ||
  entries(at(root, "taskSpec", "containerSpec", "mounts")).some((mount) => flag(at(mount, "readOnly")) !== true);
