import { table } from "../console/table.ts";
import { isPassed, timeline } from "./chart.ts";
import type { Outcome } from "./judge.ts";

/** Production's promise by alert, in seconds, where it is another than the stack's. */
export type Elsewhere = ReadonlyMap<string, number>;

/** A row a drill, and one line with the sum. */
export function drillsTable(outcomes: readonly Outcome[], inProd: Elsewhere): string {
  const rows = outcomes.map((outcome) => [
    outcome.alert,
    outcome.fault,
    outcome.channels.filter((channel) => outcome.told[channel] !== undefined).join(", ") || "nobody",
    `${outcome.withinSeconds} s`,
    outcome.afterSeconds === undefined ? "-" : `${outcome.afterSeconds} s`,
    inProd.has(outcome.alert) ? `${inProd.get(outcome.alert)} s` : "the same",
    resolvedAfter(outcome),
    outcome.others.join(", ") || "-",
    isPassed(outcome) ? "as promised" : outcome.problems.join("; "),
  ]);
  const heading = [
    "alert",
    "fault",
    "told",
    "promised",
    "measured",
    "prod promises",
    "resolved",
    "also told",
    "result",
  ];
  const passed = outcomes.filter(isPassed).length;
  return `${table([heading, ...rows])}\n${passed} of ${outcomes.length} as promised`;
}

function resolvedAfter({ channels, resolved }: Outcome): string {
  const all = channels.map((channel) => resolved[channel]);
  return all.every((seconds) => seconds !== undefined) ? `${Math.max(...all)} s` : "-";
}

/** One page that needs nothing else. */
export function drillsPage(stack: string, outcomes: readonly Outcome[], inProd: Elsewhere): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Drills of ${stack}</title></head>
<body style="font:15px sans-serif;margin:2rem"><h1>Drills of ${stack}</h1>
${timeline(outcomes)}
<pre>${drillsTable(outcomes, inProd).replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</pre>
</body></html>
`;
}
