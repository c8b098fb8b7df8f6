import type { WorkloadSpec } from "../../../components/workload/index.ts";
import type { Span } from "../observed.ts";

/** `more` beside `atMinimum`, as the whole percentage that ECS takes, above. ECS rounds the result down. */
export function proportionAbove({ atMinimum, atMaximum }: Span, more: number): Span {
  const percent = Math.ceil((100 * (atMinimum + more)) / atMinimum);
  return { atMinimum: more, atMaximum: Math.floor((atMaximum * percent) / 100) - atMaximum };
}

/** The same below; ECS rounds what must be healthy up. */
export function proportionBelow({ atMinimum, atMaximum }: Span, fewer: number): Span {
  const missing = Math.min(atMinimum, fewer);
  const percent = Math.floor((100 * (atMinimum - missing)) / atMinimum);
  return { atMinimum: missing, atMaximum: atMaximum - Math.ceil((atMaximum * percent) / 100) };
}

/** Rounds of an update at the number of tasks, between the two ends, that needs most. */
export function mostRounds({ atMinimum, atMaximum }: Span, { placement }: WorkloadSpec): number {
  if (placement.kind === "stateful") return 1;
  const { unavailable } = placement.rollout;
  const surge = placement.kind === "stateless" ? placement.rollout.surge : 0;
  const counts = Array.from({ length: atMaximum - atMinimum + 1 }, (_, more) => atMinimum + more);
  return Math.max(
    ...counts.map((count) => {
      const span = { atMinimum, atMaximum: count };
      const above = surge === 0 ? 0 : proportionAbove(span, surge).atMaximum;
      return Math.ceil(count / (above + proportionBelow(span, unavailable).atMaximum));
    }),
  );
}
