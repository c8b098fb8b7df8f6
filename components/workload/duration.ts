import { ensure } from "./problem.ts";

/** A length of time. Bare numbers never stand for time in this program. */
export interface Duration {
  readonly seconds: number;
}

/** `count` seconds; refuses what is negative or no number. */
export function seconds(count: number): Duration {
  ensure(Number.isFinite(count) && count >= 0, `duration: ${count} seconds is not a length of time; use a number >= 0`);
  return { seconds: count };
}

export const minutes = (count: number): Duration => seconds(count * 60);
export const hours = (count: number): Duration => seconds(count * 3600);
export const days = (count: number): Duration => seconds(count * 86_400);

const units = { d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 } as const;
const unitSeconds: ReadonlyMap<string, number> = new Map(Object.entries(units));
/** What {@link parseDuration} reads. */
export const durationPattern = /^(?:\d+(?:\.\d+)?(?:ms|[dhms]))+$/;

/** True for the form that {@link parseDuration} reads: `30s`, `1m30s`, `15d`, `250ms`. */
export const isDuration = (text: string): boolean => durationPattern.test(text);

/** Reads `1m30s`, `15d`, `250ms`: Prometheus' form, largest unit days. Throws on anything else. */
export function parseDuration(text: string): Duration {
  ensure(isDuration(text), `duration: "${text}" is not one; write it as 30s, 1m30s, 12h or 15d`);
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g)) {
    total += Number(count) * (unitSeconds.get(unit ?? "") ?? 0);
  }
  return seconds(total);
}

/** Writes `1m30s`: the form that Prometheus, Alertmanager, Loki and Go read; {@link parseDuration} reads it back. */
export function formatDuration(duration: Duration): string {
  let rest = Math.round(duration.seconds * 1000);
  const parts: string[] = [];
  for (const [unit, size] of Object.entries(units)) {
    const step = size * 1000;
    const count = Math.floor(rest / step);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * step;
  }
  return parts.join("") || "0s";
}

export const isLonger = (one: Duration, other: Duration): boolean => one.seconds > other.seconds;
