import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { POLICIES } from "../../../policies/policies.ts";
import type { Policy } from "../../../policies/policy.ts";
import type { PolicyFinding, RunResult } from "../result.ts";
import { projectsIn } from "../stacks.ts";

type Judged = Pick<RunResult, "stack" | "violations" | "warnings">;

/** Writes the findings to a file; see {@link toSarif}. */
export const writeSarif = (file: string, results: readonly Judged[]): Promise<void> =>
  writeFile(file, `${toSarif(results)}\n`);

/**
 * The findings in SARIF 2.1.0 (OASIS), for code-review pages. A finding is about a resource, and a resource has no
 * line: it is shown at the first line of its stack's file, with its URN as the logical place. What is waived is there
 * as suppressed.
 */
export function toSarif(results: readonly Judged[]): string {
  const rules = ruleIds(results);
  const run = {
    tool: { driver: { name: "trading-platform-policies", rules: rules.map(ruleOf) } },
    results: results.flatMap(({ stack, violations, warnings }) => [
      ...violations.map((finding) => resultOf(stack, finding, "error", rules)),
      ...warnings.map((finding) => resultOf(stack, finding, "warning", rules)),
    ]),
  };
  const $schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";
  return JSON.stringify({ $schema, version: "2.1.0", runs: [run] }, undefined, 2);
}

/** Every policy of the pack, and those that only look after the waivers. */
function ruleIds(results: readonly Judged[]): readonly string[] {
  const found = results.flatMap(({ violations, warnings }) => [...violations, ...warnings]);
  return [...new Set([...POLICIES.map(({ name }) => name), ...found.map(({ policy }) => policy)])];
}

function ruleOf(id: string): object {
  const policy = POLICIES.find(({ name }) => name === id);
  if (policy === undefined) return { id, shortDescription: { text: id } };
  return {
    id,
    name: policy.displayName,
    shortDescription: { text: policy.description },
    fullDescription: { text: policy.why },
    help: { text: helpOf(policy) },
    helpUri: policy.url,
    properties: { "security-severity": SEVERITY[policy.severity] },
  };
}

const helpOf = ({ remedies }: Policy): string => remedies.map(({ step, code }) => `${step}\n${code}`).join("\n\n");

/** By this number review pages sort: https://docs.github.com/code-security/code-scanning (SARIF support). */
const SEVERITY = { low: "2.0", medium: "5.0", high: "8.0", critical: "9.5" } as const;

function resultOf(stack: string, finding: PolicyFinding, level: "error" | "warning", rules: readonly string[]): object {
  const { policy, urn, resource, message } = finding;
  const text = message.split(/\s*\n\s*/).join(" ");
  const waived = /: waived (until .*?\)): /.exec(text)?.[1];
  const region = { startLine: 1 };
  return {
    ruleId: policy,
    ruleIndex: rules.indexOf(policy),
    level,
    message: { text: `${stack}: ${text}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: stackFile(stack), uriBaseId: "%SRCROOT%" }, region },
        ...(urn === "" ? {} : { logicalLocations: [{ name: resource, fullyQualifiedName: urn, kind: "resource" }] }),
      },
    ],
    // Without the resource's values: the finding stays the same one when only its wording does not.
    partialFingerprints: { "finding/v1": fingerprint(stack, policy, urn, problemOf(text)) },
    ...(waived === undefined ? {} : { suppressions: [{ kind: "external", justification: `waived ${waived}` }] }),
  };
}

const problemOf = (text: string): string => (text.split("; repair: ")[0] ?? text).replaceAll(/\d+/g, "0");

const fingerprint = (...parts: readonly string[]): string =>
  createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 32);

/** Where the stack is configured, from the checkout's root. */
function stackFile(stack: string): string {
  const [platform, ...others] = projectsIn();
  const isElsewhere = platform?.stacks.includes(stack) === false && others.some(({ stacks }) => stacks.includes(stack));
  return `${isElsewhere ? "bootstrap/" : ""}Pulumi.${stack}.yaml`;
}
