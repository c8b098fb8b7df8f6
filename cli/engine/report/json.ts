import type { RunResult } from "../result.ts";
import type { Summarised } from "./summary.ts";

/**
 * The results for other programs.
 * @param complete with every step's inputs and the unchanged resources too; else what changes.
 */
export function toJson(rows: readonly Summarised[], complete: boolean): string {
  const stacks = rows.map(({ target, result }) => ({ ...result, target, steps: stepsOf(result, complete) }));
  return JSON.stringify({ stacks }, undefined, 2);
}

const stepsOf = ({ steps }: RunResult, complete: boolean): readonly object[] =>
  complete ? steps : steps.filter(({ change }) => change !== "same").map(({ inputs: _, ...step }) => step);
