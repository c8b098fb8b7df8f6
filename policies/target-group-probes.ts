import { ask, type Complaint, violationAt, whenKnown, withoutRepetition } from "./ask.ts";
import { ifApplicable } from "./check.ts";
import { type Finding, judged, notApplicable, type Resource, unjudged, type Verdict } from "./policy.ts";
import { asksDependencies } from "./question.ts";
import { at, flag, isAbsent, isUnknown, type Node, number, rootOf, text } from "./values.ts";

const PAGE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html";

export const TARGET_GROUP_REPAIR =
  'healthCheck: { enabled: true, protocol: "HTTP", path: "/health/ready", matcher: "200", interval: 10, timeout: 5 }';

export function judgeTargetGroup({ properties }: Resource): Verdict {
  const root = rootOf(properties);
  const targetType = at(root, "targetType");
  if (text(targetType) === "lambda") {
    return notApplicable("a function has no process to ask; health checks of lambda targets only cost invocations");
  }
  const check = at(root, "healthCheck");
  const findings = withoutRepetition([...presence(check), ...depth(check), ...drainFindings(root)]);
  return judged(ifApplicable([targetType].filter(isUnknown), findings));
}

function presence(check: Node): readonly Finding[] {
  const violation = (node: Node, problem: string): readonly Finding[] => [
    violationAt(node, { problem, repair: TARGET_GROUP_REPAIR, url: PAGE }),
  ];
  if (isUnknown(check)) return [unjudged(check.path)];
  if (isAbsent(check)) return violation(check, "healthCheck is missing: the default asks for /, whatever that says");
  const enabled = at(check, "enabled");
  if (flag(enabled) === false) return violation(enabled, "healthCheck.enabled is false: no target is checked");
  const path = at(check, "path");
  return whenKnown([enabled, at(check, "protocol"), path], () =>
    connectsOnly(check) || (text(path) ?? "") !== ""
      ? []
      : violation(path, "healthCheck.path is missing: the default / says nothing about the service"),
  );
}

/** The provider's default is HTTP for every kind of target group; the others only connect and have no path. */
const connectsOnly = (check: Node): boolean =>
  !["HTTP", "HTTPS"].includes((text(at(check, "protocol")) ?? "HTTP").toUpperCase());

const complaint = (problem: string, repair = TARGET_GROUP_REPAIR): Complaint => ({
  problem,
  repair,
  url: PAGE,
  concern: "depth",
});

function depth(check: Node): readonly Finding[] {
  if (isUnknown(check) || isAbsent(check) || flag(at(check, "enabled")) === false) return [];
  const [timeout, interval, matcher] = ["timeout", "interval", "matcher"].map((key) => at(check, key));
  if (timeout === undefined || interval === undefined || matcher === undefined) return [];
  return [
    ...ask(
      at(check, "path"),
      (path) => !asksDependencies(text(path) ?? ""),
      complaint(
        "healthCheck.path asks for more than the service itself: when a dependency is down every target is taken out, and ECS replaces their tasks",
      ),
    ),
    ...whenKnown([timeout, interval], () => {
      // The defaults, 5 or 6 s of 30 s, are in order; so only what is stated can be wrong.
      const [answer, next] = [number(timeout) ?? 5, number(interval) ?? 30];
      const problem = `healthCheck waits ${answer} s for an answer, not less than the ${next} s to the next check`;
      return answer < next ? [] : [violationAt(timeout, complaint(problem, "timeout: 5, interval: 10"))];
    }),
    ...ask(
      matcher,
      (codes) => !acceptsErrors(text(codes) ?? String(number(codes) ?? "")),
      complaint("healthCheck.matcher takes an error for a good answer", 'matcher: "200-299"'),
    ),
  ];
}

/** `200`, `200,202` or `200-299`; for gRPC 0 to 99, of which only 0 is OK, and `12`, the default, is what a server without the method answers. */
const acceptsErrors = (codes: string): boolean =>
  codes
    .split(",")
    .flatMap((range) => range.split("-"))
    .some((code) => Number(code) >= 400);

/** While it drains, a target ends the requests that it has; 300 s where nothing is stated. */
const drainFindings = (root: Node): readonly Finding[] =>
  ask(
    at(root, "deregistrationDelay"),
    (delay) => isAbsent(delay) || Number(delay.value) > 0,
    complaint("deregistrationDelay is 0: each release cuts the requests that are under way", "deregistrationDelay: 30"),
  );
