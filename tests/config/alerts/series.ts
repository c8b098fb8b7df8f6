import type { Course, State } from "../../../components/alerts/behaviour.ts";

/** A state for a number of samples. */
export interface Phase {
  readonly state: State;
  readonly steps: number;
  /** Counters begin at 0 again. */
  readonly restarted?: boolean;
}

/** The series of all phases, in promtool's notation; `step` is the time between samples, in seconds. */
export function seriesOf(phases: readonly Phase[], step: number) {
  const names = [...new Set(phases.flatMap(({ state }) => Object.keys(state)))];
  return names.map((series) => ({ series, values: valuesOf(series, phases, step) }));
}

function valuesOf(series: string, phases: readonly Phase[], step: number): string {
  const parts: string[] = [];
  // Value of the last sample; undefined while there is none.
  let last: number | undefined;
  for (const { state, steps, restarted } of phases) {
    if (steps === 0) continue;
    const course = state[series] ?? ({ kind: "gone" } as const);
    if (course.kind === "forgotten") {
      parts.push(`_x${steps}`);
      last = undefined;
      continue;
    }
    if (course.kind === "gone") {
      // What vanishes is marked stale: otherwise Prometheus would go on with its last value for five minutes.
      parts.push(last === undefined ? `_x${steps}` : steps === 1 ? "stale" : `stale _x${steps - 1}`);
      last = undefined;
      continue;
    }
    const [first, change] = courseIn(course, restarted === true ? 0 : last, step);
    parts.push(`${written(first)}${change < 0 ? "-" : "+"}${written(Math.abs(change))}x${steps - 1}`);
    last = first + change * (steps - 1);
  }
  return parts.join(" ");
}

/** The first value and the change from sample to sample. */
function courseIn(course: Exclude<Course, { kind: "gone" | "forgotten" }>, last: number | undefined, step: number) {
  switch (course.kind) {
    case "counts":
      return [(last ?? 0) + course.perSecond * step, course.perSecond * step] as const;
    case "holds":
      return [course.value, 0] as const;
    case "moves":
      return [course.from, course.perSecond * step] as const;
  }
}

/** Without an exponent, which promtool does not read. */
const written = (value: number): string => value.toFixed(9).replace(/\.?0+$/, "");
