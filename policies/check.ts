import { type Finding, unjudged, type Violation } from "./policy.ts";
import type { Node } from "./values.ts";

/** What can be said of a health check: it asks something, it asks nothing, or its value is not known yet. */
export type CheckState =
  | { readonly kind: "asks" }
  | { readonly kind: "missing"; readonly problem: string }
  | { readonly kind: "unknown"; readonly node: Node };

export const ASKS: CheckState = { kind: "asks" };

export const missing = (problem: string): CheckState => ({ kind: "missing", problem });

export const unknownCheck = (node: Node): CheckState => ({ kind: "unknown", node });

/** The finding that follows from a check's state; none where it asks. */
export function checkFindings(
  state: CheckState,
  violation: (problem: string) => Omit<Violation, "kind">,
): readonly Finding[] {
  if (state.kind === "asks") return [];
  return [state.kind === "unknown" ? unjudged(state.node.path) : { kind: "violation", ...violation(state.problem) }];
}

/**
 * Findings of a rule that may not apply at all: while what decides that is unknown, a violation is not certain, so
 * the deciding values are what could not be judged. Where nothing is violated it does not matter.
 */
export function ifApplicable(undecided: readonly Node[], findings: readonly Finding[]): readonly Finding[] {
  if (undecided.length === 0 || findings.every(({ kind }) => kind !== "violation")) return findings;
  const open = [...undecided.map(({ path }) => path), ...findings.flatMap(unjudgedProperty)];
  return [...new Set(open)].map(unjudged);
}

const unjudgedProperty = (finding: Finding): readonly string[] =>
  finding.kind === "unjudged" ? [finding.property] : [];
