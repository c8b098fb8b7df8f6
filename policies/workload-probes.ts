import { type Complaint, violationAt, whenKnown } from "./ask.ts";
import { KUBERNETES_PROBES_PAGE } from "./kubernetes-probes.ts";
import { type Finding, judged, type Resource, unjudged, type Verdict } from "./policy.ts";
import { at, entries, isAbsent, isUnknown, type Node, number, rootOf, text } from "./values.ts";

/** Our own component, on every target: what the provider's resource cannot say (a port's name on Docker) is judged here. */
export const judgeWorkload = ({ properties }: Resource): Verdict =>
  judged(
    ["liveness", "readiness"].flatMap((kind) => {
      const probe = at(rootOf(properties), "probes", kind);
      if (isUnknown(probe)) return [unjudged(probe.path)];
      return [...presence(probe, kind), ...depth(rootOf(properties), probe)];
    }),
  );

const presence = (probe: Node, kind: string): readonly Finding[] =>
  isAbsent(at(probe, "check"))
    ? [
        {
          kind: "violation",
          property: probe.path,
          problem: `${probe.path} is missing or checks nothing`,
          repair: `probes: { ${kind}: probe({ check: { kind: "http", path: "/health/${kind === "liveness" ? "live" : "ready"}", port: "http" }, … }) }`,
          url: KUBERNETES_PROBES_PAGE,
        },
      ]
    : [];

function depth(root: Node, probe: Node): readonly Finding[] {
  const complaint = (problem: string, repair: string): Complaint => ({
    problem: `${probe.path} ${problem}`,
    repair,
    url: KUBERNETES_PROBES_PAGE,
    concern: "depth",
  });
  const [port, list] = [at(probe, "check", "port"), at(root, "ports")];
  const names = entries(list).map((entry) => at(entry, "name"));
  const [timeout, interval] = [at(probe, "timeout", "seconds"), at(probe, "interval", "seconds")];
  return [
    ...(isAbsent(port) || isAbsent(list)
      ? []
      : whenKnown([port, list, ...names], () =>
          names.some((name) => text(name) === text(port))
            ? []
            : [
                violationAt(
                  port,
                  complaint(`asks port "${text(port)}", which the workload does not have`, 'port: "http"'),
                ),
              ],
        )),
    ...whenKnown([timeout, interval], () =>
      (number(timeout) ?? 0) < (number(interval) ?? Number.POSITIVE_INFINITY)
        ? []
        : [
            violationAt(
              timeout,
              complaint("waits no less for an answer than to the next check", "timeout: seconds(2)"),
            ),
          ],
    ),
  ];
}
