import { violationAt, whenKnown, withoutRepetition } from "./ask.ts";
import { checkFindings, ifApplicable } from "./check.ts";
import { oneShot, seconds } from "./docker.ts";
import { commandFindings, commandState } from "./health-command.ts";
import { type Finding, judged, notApplicable, type Resource, type Verdict } from "./policy.ts";
import { at, isAbsent, type Node, rootOf } from "./values.ts";

const PAGE = "https://docs.docker.com/reference/dockerfile/#healthcheck";

export const DOCKER_CHECK_REPAIR =
  'healthcheck: { tests: ["CMD", "wget", "-q", "--spider", "http://127.0.0.1:8000/health/ready"], interval: "10s", timeout: "3s", retries: 3 }';

export function judgeDockerContainer({ properties }: Resource): Verdict {
  const root = rootOf(properties);
  const mayEnd = oneShot(root);
  if (mayEnd.is) return notApplicable("the container runs to its end (attach, or mustRun: false)");
  return judged(ifApplicable(mayEnd.undecided, findingsOf(at(root, "healthcheck"))));
}

export const judgeDockerService = ({ properties }: Resource): Verdict =>
  judged(findingsOf(at(rootOf(properties), "taskSpec", "containerSpec", "healthcheck")));

const findingsOf = (check: Node): readonly Finding[] => withoutRepetition([...presence(check), ...depth(check)]);

function presence(check: Node): readonly Finding[] {
  const state = commandState(isAbsent(check) ? check : at(check, "tests"));
  return checkFindings(state, (problem) => ({
    property: check.path,
    problem: isAbsent(check)
      ? "healthcheck is missing, and what the image brings along cannot be seen here"
      : `healthcheck ${problem}`,
    repair: DOCKER_CHECK_REPAIR,
    url: PAGE,
  }));
}

/** Docker does not restart what is unhealthy, so nothing here can kill a start; require-rollback judges how long it is waited for. */
function depth(check: Node): readonly Finding[] {
  const tests = at(check, "tests");
  if (commandState(tests).kind !== "asks") return [];
  const [timeout, interval] = [at(check, "timeout"), at(check, "interval")];
  return [
    ...commandFindings(tests, (problem) =>
      violationAt(tests, {
        problem: `healthcheck ${problem}`,
        repair: DOCKER_CHECK_REPAIR,
        url: PAGE,
        concern: "depth",
      }),
    ),
    // Docker's own defaults are 30 s for both, and a check begins an interval after the last one has ended.
    ...whenKnown([timeout, interval], () => {
      const [answer, next] = [seconds(timeout), seconds(interval)];
      if (answer === undefined || next === undefined || answer === 0 || next === 0 || answer < next) return [];
      const problem = `healthcheck waits ${answer} s for an answer, not less than the ${next} s to the next check`;
      return [violationAt(timeout, { problem, repair: 'timeout: "3s"', url: PAGE, concern: "depth" })];
    }),
  ];
}
