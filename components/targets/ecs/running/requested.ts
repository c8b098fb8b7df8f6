import { setTimeout as sleep } from "node:timers/promises";
import type { Duration } from "../../../workload/index.ts";
import { newestOf, told } from "./account.ts";
import type { Cloud } from "./cloud.ts";
import { judge, shortName, type Verdict } from "./verdict.ts";

/** A service, and the task definition that it was asked to run. */
export interface Requested {
  /** Name or ARN. */
  readonly cluster: string;
  readonly service: string;
  /** ARN. */
  readonly taskDefinition: string;
  readonly stack: string;
  /** Where the containers that run before the service's own write to. */
  readonly logGroup: string;
}

/**
 * Waits for the end of the service's rollout, at most so long, and says what went wrong; undefined when what was asked
 * for runs. Throws where AWS does not answer: then nobody knows.
 */
export async function problemOf(requested: Requested, cloud: Cloud, patience: Duration): Promise<string | undefined> {
  const verdict = await verdictOn(requested, cloud, patience);
  return verdict.kind === "runs" ? undefined : accountOf(requested, cloud, verdict);
}

/** The same of a rollout that is known to have failed: whatever can be found out now. */
export async function failureOf(requested: Requested, cloud: Cloud): Promise<string> {
  return accountOf(requested, cloud, judge(await deployments(requested, cloud), requested.taskDefinition));
}

async function verdictOn(requested: Requested, cloud: Cloud, patience: Duration): Promise<Verdict> {
  const end = Date.now() + patience.seconds * 1000;
  for (let pause = shortestPauseMs; ; pause = Math.min(2 * pause, longestPauseMs)) {
    const verdict = judge(await deployments(requested, cloud), requested.taskDefinition);
    if (verdict.kind !== "under way" || Date.now() + pause > end) return verdict;
    await sleep(pause);
  }
}

const shortestPauseMs = 500;
const longestPauseMs = 10_000;

async function deployments({ cluster, service }: Requested, cloud: Cloud) {
  try {
    return await cloud.deployments(cluster, service);
  } catch (error) {
    throw new Error(`${service}: whether the release runs is not known, AWS does not tell: ${wordsOf(error)}`);
  }
}

async function accountOf(requested: Requested, cloud: Cloud, verdict: Verdict): Promise<string> {
  const { cluster, service, taskDefinition, stack } = requested;
  const unknown: string[] = [];
  // What is the matter is known already; a right that is missing here must not hide it.
  const orNothing = async <Value>(asked: Promise<Value>, nothing: Value): Promise<Value> =>
    asked.catch((error) => {
      unknown.push(`more is not known: ${wordsOf(error)}`);
      return nothing;
    });
  const failed = await orNothing(cloud.failedDeployment(cluster, service), undefined);
  const stopped = await orNothing(cloud.stoppedTasks(cluster, service, taskDefinition), []);
  const newest = newestOf(stopped);
  const helpers = newest?.containers.filter(({ name }) => name !== service) ?? [];
  const lines = await Promise.all(
    helpers.map(async ({ name: container }) => ({
      container,
      lines: await orNothing(
        cloud.lastLines(requested.logGroup, `${service}/${container}/${newest?.id}`, linesShown),
        [],
      ),
    })),
  );
  return told({
    problem: problemLine(requested, verdict, failed?.reason ?? ""),
    alarms: failed?.alarms ?? [],
    stopped,
    lines: lines.filter(({ lines: written }) => written.length > 0),
    ways: [
      ...new Set(unknown),
      `its own last lines: ./platform logs ${service} --stack ${stack} --since 1h`,
      `./platform up ${stack} reads what runs, tries again, and where that fails brings the last good release of all services back`,
    ],
  });
}

const linesShown = 10;

function problemLine({ service, taskDefinition }: Requested, verdict: Verdict, reason: string): string {
  const asked = shortName(taskDefinition);
  const because = (own: string) => (reason === "" && own === "" ? "" : `: ${reason || own}`);
  switch (verdict.kind) {
    case "another":
      return `${service}: runs ${shortName(verdict.taskDefinition)}, not ${asked}, which was asked for${because(verdict.reason)}`;
    case "lost":
      return `${service}: ${asked} failed, and so did ${shortName(verdict.taskDefinition)}, which ECS went back to: nothing may serve${because(verdict.reason)}`;
    case "failed":
      return `${service}: ${asked} does not run, and nothing was gone back to${because(verdict.reason)}`;
    case "under way":
      return `${service}: ${asked} is neither steady nor failed after all the time that it has`;
    case "missing":
      return `${service}: there is no such service in the cluster`;
    case "runs":
      return `${service}: ${asked} failed and runs now${because("")}`;
  }
}

const wordsOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
