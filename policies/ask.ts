import { type Finding, unjudged, type Violation } from "./policy.ts";
import { isUnknown, type Node } from "./values.ts";

/** What is said of a value that is not as it must be. */
export type Complaint = Omit<Violation, "kind" | "property">;

/** Asks one property: unknown is said, and what is not as it must be is a violation. */
export function ask(node: Node, isRight: (node: Node) => boolean, complaint: Complaint): readonly Finding[] {
  if (isUnknown(node)) return [unjudged(node.path)];
  return isRight(node) ? [] : [violationAt(node, complaint)];
}

/** Asks a question that several values answer together: while one is unknown, that one could not be judged. */
export function whenKnown(nodes: readonly Node[], answer: () => readonly Finding[]): readonly Finding[] {
  const unknown = nodes.filter(isUnknown);
  return unknown.length > 0 ? [...new Set(unknown.map(({ path }) => path))].map(unjudged) : answer();
}

export const violationAt = ({ path: property }: Node, complaint: Complaint): Violation => ({
  kind: "violation",
  property,
  ...complaint,
});

/** Several rules may fail to judge the same property: it is said once. */
export function withoutRepetition(findings: readonly Finding[]): readonly Finding[] {
  const said = new Set<string>();
  return findings.filter((finding) => {
    if (finding.kind !== "unjudged") return true;
    const isNew = !said.has(finding.property);
    said.add(finding.property);
    return isNew;
  });
}
