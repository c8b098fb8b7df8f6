import type { ReportViolation } from "@pulumi/policy";
import { blocksIn } from "./enforcement.ts";
import { findingLine, waivedLine } from "./message.ts";
import type { AskedStack, PackPolicy, RegisteredResource, StackedResource } from "./pack-policy.ts";
import type { Finding, Policy, Resource, ResourceRule, StackResource } from "./policy.ts";
import { send } from "./sdk-report.ts";
import { fromSdk } from "./sdk-values.ts";
import { type Settings, schemaOf, settingsOf } from "./settings.ts";
import { openWaiverBook, type WaiverBook } from "./waiver-book.ts";
import { unusedWaivers, validWaivers } from "./waiver-policies.ts";

export const PACK_NAME = "trading-platform";

/** What is served: the policies, between those that look after the waivers. */
export function packPolicies(policies: readonly Policy[]): readonly PackPolicy[] {
  const today = new Date().toISOString().slice(0, 10);
  const book = openWaiverBook(
    policies.map(({ name }) => name),
    today,
  );
  return [validWaivers(book), ...policies.map((policy) => toPackPolicy(policy, book)), unusedWaivers(book)];
}

/** Turns a policy into what is served: one object that judges resources, the stack, or both under one name. */
function toPackPolicy(policy: Policy, book: WaiverBook): PackPolicy {
  const { name, displayName, description, severity, url } = policy;
  return {
    name,
    displayName,
    description,
    severity,
    url,
    // The most that a finding can do: the environment lowers it, and so may the configuration.
    enforcementLevel: "mandatory",
    remediationSteps: policy.remedies.map(({ step, code }) => `${step}\n${code}`).join("\n\n"),
    configSchema: schemaOf(policy),
    ...(policy.resourceRules.length > 0 ? resourceValidation(policy, book) : {}),
    ...(policy.stackRules.length > 0 ? { validateStack: stackValidation(policy, book) } : {}),
  };
}

/** Why a policy says nothing of a resource of such a type. */
export const notJudged = (policy: string, type: string): string => `${policy} does not judge ${type}`;

function resourceValidation(
  policy: Policy,
  book: WaiverBook,
): Required<Pick<PackPolicy, "types" | "validateResource">> {
  const ruleOf = new Map<string, ResourceRule>(
    policy.resourceRules.flatMap((rule) => rule.types.map((type) => [type, rule])),
  );
  const validateResource: PackPolicy["validateResource"] = (args, report) => {
    const rule = ruleOf.get(args.type);
    if (rule === undefined) return args.notApplicable(notJudged(policy.name, args.type));
    const resource = resourceOf(args);
    const settings = settingsOf(args.getConfig(), args.stackTags, args.urn);
    const verdict = rule.judge(resource, settings.context);
    if (verdict.kind === "not-applicable") return args.notApplicable(verdict.reason);
    const judged = { policy, book, settings, report };
    for (const finding of verdict.findings) tell(judged, resource, finding);
  };
  return { types: new Set(ruleOf.keys()), validateResource };
}

function stackValidation(policy: Policy, book: WaiverBook): (args: AskedStack, report: ReportViolation) => void {
  return (args, report) => {
    const reasons: string[] = [];
    const settings = settingsOf(args.getConfig(), args.stackTags, args.resources[0]?.urn ?? "");
    const judged = { policy, book, settings, report };
    for (const rule of policy.stackRules) {
      const types = new Set(rule.types);
      const verdict = rule.judge(
        args.resources.filter(({ type }) => types.has(type)).map(stackResourceOf),
        settings.context,
      );
      if (verdict.kind === "not-applicable") reasons.push(verdict.reason);
      else for (const { resource, finding } of verdict.findings) tell(judged, resource, finding);
    }
    if (reasons.length === policy.stackRules.length) args.notApplicable(reasons.join("; "));
  };
}

const resourceOf = ({ type, name, urn, props, opts }: RegisteredResource): Resource => ({
  type,
  name,
  urn,
  properties: fromSdk(props),
  ...(opts.deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace: opts.deleteBeforeReplace }),
});

/** A resource that another was made from is only asked for its type and URN: its properties are not copied. */
const stackResourceOf = (resource: StackedResource): StackResource => ({
  ...resourceOf(resource),
  madeFrom: Object.fromEntries(
    Object.entries(resource.propertyDependencies).map(([property, sources]) => [
      property,
      sources.map(({ type, name, urn }) => ({ type, name, urn, properties: {} })),
    ]),
  ),
});

interface Judged {
  readonly policy: Policy;
  readonly book: WaiverBook;
  readonly settings: Settings;
  readonly report: ReportViolation;
}

function tell({ policy, book, settings, report }: Judged, resource: Resource | undefined, finding: Finding): void {
  const waiver = resource === undefined ? undefined : book.waiverFor(policy.name, resource.urn);
  if (resource !== undefined && waiver !== undefined) {
    const message = waivedLine(policy, resource, finding, waiver);
    send(report, { message, urn: resource.urn, enforcementLevel: "advisory" });
    return;
  }
  send(report, {
    message: findingLine(policy, resource, finding),
    ...(resource === undefined ? {} : { urn: resource.urn }),
    ...(isAdvice(policy, finding, settings) ? { enforcementLevel: "advisory" } : {}),
  });
}

function isAdvice({ concern }: Policy, finding: Finding, { context, strict }: Settings): boolean {
  // What hygiene asks for is not worth to stop a preview for a value that nobody knows yet.
  if (finding.kind === "unjudged") return !strict || concern === "hygiene";
  if (finding.kind === "accepted") return true;
  return !blocksIn(finding.concern ?? concern).includes(context.environment);
}
