import type { Finding, Policy, Resource } from "./policy.ts";
import { terms, type Waiver } from "./waivers.ts";

/**
 * One line: the resource's name in the program, the policy, what is wrong, the repair as code, the page.
 * The stack itself has no name.
 */
export function findingLine(
  policy: Pick<Policy, "name">,
  resource: Pick<Resource, "name"> | undefined,
  finding: Finding,
): string {
  const subject = `${resource?.name ?? "stack"}: ${policy.name}`;
  if (finding.kind === "unjudged") {
    return `${subject}: could not be judged: ${finding.property} is not known before the update`;
  }
  if (finding.kind === "accepted") return `${subject}: accepted: ${finding.problem}; reason: ${finding.reason}`;
  return `${subject}: ${finding.problem}; repair: ${finding.repair} (${finding.url})`;
}

/** What is waived is still said, with who answers for it. */
export function waivedLine(
  policy: Pick<Policy, "name">,
  resource: Pick<Resource, "name">,
  finding: Finding,
  waiver: Waiver,
): string {
  const found = finding.kind === "unjudged" ? `${finding.property} is not known yet` : finding.problem;
  return `${resource.name}: ${policy.name}: waived ${terms(waiver)}: ${found}`;
}
