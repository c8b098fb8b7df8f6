import type { Outcome } from "./judge.ts";

export const isPassed = ({ problems }: Outcome): boolean => problems.length === 0;

const colours = { pagerduty: "#b3261e", slack: "#4a154b", email: "#1f6feb", webhook: "#2a7d2e" };
const fault = "#f3c6c2";
const text = "#1d2126";
/** Of the picture: where the bars begin, how wide the longest is, what a row takes, and what stands above the first. */
const [left, width, rowHeight, top] = [230, 700, 34, 60];

/**
 * A row a drill, from its fault on: until when it was promised, and when each channel was told of it and of its end. A
 * picture that needs nothing else, on whatever page it stands.
 */
export function timeline(outcomes: readonly Outcome[]): string {
  const spanOf = ({ times, withinSeconds, onsetSeconds }: Outcome) =>
    Math.max((times.ended - times.set) / 1000, withinSeconds + onsetSeconds);
  const longest = Math.max(1, ...outcomes.map(spanOf));
  const x = (seconds: number): number => Math.round(left + (seconds / longest) * width);
  const rows = outcomes.map((outcome, index) => rowOf(outcome, top + index * rowHeight, x));
  const size = { width: left + width + 40, height: top + 10 + outcomes.length * rowHeight };
  const axis = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text x="${x(share * longest)}" y="${top - 14}" text-anchor="middle" fill="#666">${Math.round(share * longest)} s</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" font-family="sans-serif" font-size="13" fill="${text}">`,
    "<title>Drills: the fault, when each channel was told of it and of its end, and until when it was promised</title>",
    `<rect width="100%" height="100%" fill="#fff"/>`,
    legend(),
    ...axis,
    ...rows,
    "</svg>",
  ].join("\n");
}

function rowOf(outcome: Outcome, y: number, x: (seconds: number) => number): string {
  const { alert, onsetSeconds, withinSeconds, times, told, resolved } = outcome;
  const repaired = ((times.repaired ?? times.ended) - times.set) / 1000;
  const promised = x(onsetSeconds + withinSeconds);
  const marks = Object.entries(colours).flatMap(([channel, colour], place) => {
    const known = outcome.channels.find((each) => each === channel);
    if (known === undefined) return [];
    const [first, over, height] = [told[known], resolved[known], y + 3 + place * 5];
    return [
      ...(first === undefined
        ? []
        : [dot(x(onsetSeconds + first), height, `fill="${colour}"`, `${channel}: told after ${first} s`)]),
      ...(over === undefined
        ? []
        : [dot(x(repaired + over), height, empty(colour), `${channel}: resolved ${over} s after the repair`)]),
    ];
  });
  return [
    `<text x="${left - 10}" y="${y + 15}" text-anchor="end">${alert}${isPassed(outcome) ? "" : " ✗"}</text>`,
    `<rect x="${x(0)}" y="${y}" width="${x(repaired) - x(0)}" height="22" fill="${fault}"><title>${outcome.fault}</title></rect>`,
    `<line x1="${promised}" x2="${promised}" y1="${y - 2}" y2="${y + 24}" stroke="${text}" stroke-dasharray="3 2"><title>promised: ${withinSeconds} s</title></line>`,
    ...marks,
  ].join("");
}

const empty = (colour: string): string => `fill="#fff" stroke="${colour}"`;

const dot = (x: number, y: number, how: string, title: string): string =>
  `<circle cx="${x}" cy="${y}" r="3" ${how}><title>${title}</title></circle>`;

function legend(): string {
  const channels = Object.entries(colours).map(
    ([channel, colour], place) =>
      `<circle cx="${left + 5 + place * 95}" cy="16" r="4" fill="${colour}"/><text x="${left + 14 + place * 95}" y="21">${channel}</text>`,
  );
  const after = left + 395;
  return [
    ...channels,
    `<circle cx="${after}" cy="16" r="4" ${empty(text)}/><text x="${after + 10}" y="21">its end</text>`,
    `<rect x="${after + 75}" y="8" width="26" height="16" fill="${fault}"/><text x="${after + 108}" y="21">the fault</text>`,
    `<line x1="${after + 185}" x2="${after + 185}" y1="5" y2="27" stroke="${text}" stroke-dasharray="3 2"/><text x="${after + 195}" y="21">promised</text>`,
  ].join("");
}
