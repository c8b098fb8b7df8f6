import { table } from "../console/table.ts";
import type { Outcome } from "./judge.ts";

/** Production's promise by alert, in seconds, where it is another than the stack's. */
export type Elsewhere = ReadonlyMap<string, number>;

export const isPassed = ({ problems }: Outcome): boolean => problems.length === 0;

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

const colours = { pagerduty: "#b3261e", slack: "#4a154b", email: "#1f6feb", webhook: "#2a7d2e", heartbeat: "#888888" };
const [left, width, rowHeight] = [230, 700, 34];

/** A row a drill, from its fault on: until when it was promised, and when each channel was told of it and of its end. */
export function timeline(outcomes: readonly Outcome[]): string {
  const spanOf = ({ times, withinSeconds, onsetSeconds }: Outcome) =>
    Math.max((times.ended - times.set) / 1000, withinSeconds + onsetSeconds);
  const longest = Math.max(1, ...outcomes.map(spanOf));
  const x = (seconds: number): number => Math.round(left + (seconds / longest) * width);
  const rows = outcomes.map((outcome, index) => {
    const { alert, onsetSeconds, withinSeconds, times, told, resolved } = outcome;
    const y = 30 + index * rowHeight;
    const repaired = ((times.repaired ?? times.ended) - times.set) / 1000;
    const marks = outcome.channels.flatMap((channel, place) => {
      const height = y + 4 + place * 5;
      const [first, over] = [told[channel], resolved[channel]];
      return [
        ...(first === undefined
          ? []
          : [
              `<circle cx="${x(onsetSeconds + first)}" cy="${height}" r="3" fill="${colours[channel]}"><title>${channel}: told after ${first} s</title></circle>`,
            ]),
        ...(over === undefined
          ? []
          : [
              `<circle cx="${x(repaired + over)}" cy="${height}" r="3" fill="none" stroke="${colours[channel]}"><title>${channel}: resolved ${over} s after the repair</title></circle>`,
            ]),
      ];
    });
    return [
      `<text x="${left - 10}" y="${y + 15}" text-anchor="end">${alert}${isPassed(outcome) ? "" : " ✗"}</text>`,
      `<rect x="${x(0)}" y="${y}" width="${x(repaired) - x(0)}" height="22" fill="#f3c6c2"><title>${outcome.fault}</title></rect>`,
      `<line x1="${x(onsetSeconds + withinSeconds)}" x2="${x(onsetSeconds + withinSeconds)}" y1="${y - 2}" y2="${y + 24}" stroke="#1d2126" stroke-dasharray="3 2"><title>promised: ${withinSeconds} s</title></line>`,
      ...marks,
    ].join("");
  });
  const height = 50 + outcomes.length * rowHeight;
  const axis = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text x="${x(share * longest)}" y="16" text-anchor="middle" fill="#666">${Math.round(share * longest)} s</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + width + 40}" height="${height}" font-family="sans-serif" font-size="13">${axis.join("")}${rows.join("")}</svg>`;
}

/** One page that needs nothing else. */
export function drillsPage(stack: string, outcomes: readonly Outcome[], inProd: Elsewhere): string {
  const legend = Object.entries(colours).map(
    ([channel, colour]) => `<span style="color:${colour}">● ${channel}</span>`,
  );
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Drills of ${stack}</title></head>
<body style="font:15px sans-serif;margin:2rem"><h1>Drills of ${stack}</h1>
<p>Red: the fault, until its repair. Dashed: until when the alert was promised. Full dots: told; empty ones: resolved.</p>
<p>${legend.join(" ")}</p>
${timeline(outcomes)}
<pre>${drillsTable(outcomes, inProd).replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</pre>
</body></html>
`;
}
