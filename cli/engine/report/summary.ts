import { table } from "../../console/table.ts";
import type { PolicyFinding, RunResult, Timeline } from "../result.ts";

/** A stack's result with the target that its settings ask for. */
export interface Summarised {
  readonly target: string;
  readonly result: RunResult;
}

/** The table at the end of a preview. */
export function summaryTable(rows: readonly Summarised[]): string {
  return table([
    ["stack", "target", "resources", "violations", "warnings", "seconds", "result"],
    ...rows.map(({ target, result }) => [
      result.stack,
      target || "-",
      String(result.resources),
      String(result.violations.length),
      String(result.warnings.length),
      result.seconds.toFixed(1),
      verdict(result),
    ]),
  ]);
}

/** How many findings each policy has, over all stacks; a waived one is told as what it is. */
export function policyTable(results: readonly Pick<RunResult, "violations" | "warnings">[]): string {
  const violations = results.flatMap((result) => result.violations);
  const warnings = results.flatMap((result) => result.warnings);
  const isWaived = ({ message }: PolicyFinding): boolean => message.includes(": waived until ");
  const policies = [...new Set([...violations, ...warnings].map(({ policy }) => policy))].sort();
  return table([
    ["policy", "violations", "warnings", "waived"],
    ...policies.map((policy) => {
      const told = warnings.filter((finding) => finding.policy === policy);
      const waived = told.filter(isWaived).length;
      const blocking = violations.filter((finding) => finding.policy === policy).length;
      return [policy, String(blocking), String(told.length - waived), String(waived)];
    }),
  ]);
}

function verdict({ outcome, violations, diagnostics }: RunResult): string {
  if (outcome === "succeeded") return "ok";
  const stopped = violations.length > 0 && diagnostics.every(({ severity }) => severity !== "error");
  return stopped ? "stopped by a policy" : outcome;
}

const phases: readonly (readonly [keyof Timeline, string])[] = [
  ["prepared", "SDK, workspace, providers"],
  ["engine", "engine start"],
  ["policies", "policy packs load"],
  ["program", "program"],
  ["resources", "resources and policies"],
  ["ended", "engine end"],
];

/** Where each stack's time went: seconds from the end of the phase before. */
export function timingTable(results: readonly RunResult[]): string {
  return table([
    ["seconds", ...phases.map(([, title]) => title), "(SDK and program imported at)"],
    ...results.map(({ stack, timeline }) => {
      let before = 0;
      const cells = phases.map(([phase]) => {
        const end = timeline[phase];
        if (end === undefined) return "-";
        const spent = Math.max(0, end - before);
        before = Math.max(before, end);
        return spent.toFixed(2);
      });
      return [stack, ...cells, timeline.imported?.toFixed(2) ?? "-"];
    }),
  ]);
}
