import type {
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { blocksIn } from "./enforcement.ts";
import { findingLine } from "./message.ts";
import type { Finding, Policy, Resource, ResourceRule, StackResource } from "./policy.ts";
import { fromSdk } from "./sdk-values.ts";
import { type Settings, schemaOf, settingsOf } from "./settings.ts";

/** Turns a policy into what the SDK serves: one object that judges resources, the stack, or both under one name. */
export function toSdkPolicy(policy: Policy): ResourceValidationPolicy | StackValidationPolicy {
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
    ...(policy.resourceRules.length > 0 ? { validateResource: resourceValidation(policy) } : {}),
    ...(policy.stackRules.length > 0 ? { validateStack: stackValidation(policy) } : {}),
  };
}

function resourceValidation(policy: Policy): (args: ResourceValidationArgs, report: ReportViolation) => void {
  const ruleOf = new Map<string, ResourceRule>(
    policy.resourceRules.flatMap((rule) => rule.types.map((type) => [type, rule])),
  );
  return (args, report) => {
    const rule = ruleOf.get(args.type);
    if (rule === undefined) return args.notApplicable(`${policy.name} does not judge ${args.type}`);
    const resource = resourceOf(args);
    const settings = settingsOf(args.getConfig(), args.stackTags, args.urn);
    const verdict = rule.judge(resource, settings.context);
    if (verdict.kind === "not-applicable") return args.notApplicable(verdict.reason);
    for (const finding of verdict.findings) send(report, policy, resource, finding, settings);
  };
}

function stackValidation(policy: Policy): (args: StackValidationArgs, report: ReportViolation) => void {
  return (args, report) => {
    const reasons: string[] = [];
    const settings = settingsOf(args.getConfig(), args.stackTags, args.resources[0]?.urn ?? "");
    for (const rule of policy.stackRules) {
      const types = new Set(rule.types);
      const verdict = rule.judge(
        args.resources.filter(({ type }) => types.has(type)).map(stackResourceOf),
        settings.context,
      );
      if (verdict.kind === "not-applicable") reasons.push(verdict.reason);
      else for (const { resource, finding } of verdict.findings) send(report, policy, resource, finding, settings);
    }
    if (reasons.length === policy.stackRules.length) args.notApplicable(reasons.join("; "));
  };
}

const resourceOf = ({ type, name, urn, props, opts }: ResourceValidationArgs | PolicyResource): Resource => ({
  type,
  name,
  urn,
  properties: fromSdk(props),
  ...(opts.deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace: opts.deleteBeforeReplace }),
});

/** A resource that another was made from is only asked for its type and URN: its properties are not copied. */
const stackResourceOf = (resource: PolicyResource): StackResource => ({
  ...resourceOf(resource),
  madeFrom: Object.fromEntries(
    Object.entries(resource.propertyDependencies).map(([property, sources]) => [
      property,
      sources.map(({ type, name, urn }) => ({ type, name, urn, properties: {} })),
    ]),
  ),
});

interface Diagnostic {
  readonly message: string;
  readonly urn?: string;
  readonly enforcementLevel?: "advisory";
}

/**
 * The SDK (1.21, server.js, makeReportViolationFun) also takes a whole diagnostic instead of a message, with a level
 * of its own: so a warning stands beside the violations of a mandatory policy, and the description is not repeated in
 * front of each line. Its declaration names only the message, which a method's parameter may widen.
 */
interface DiagnosticSink {
  report(diagnostic: string | Diagnostic): void;
}

function send(
  report: ReportViolation,
  policy: Policy,
  resource: Resource | undefined,
  finding: Finding,
  settings: Settings,
): void {
  const sink: DiagnosticSink = { report };
  sink.report({
    message: findingLine(policy, resource, finding),
    ...(resource === undefined ? {} : { urn: resource.urn }),
    ...(isAdvice(policy, finding, settings) ? { enforcementLevel: "advisory" } : {}),
  });
}

function isAdvice({ concern }: Policy, finding: Finding, { context, strict }: Settings): boolean {
  // What hygiene asks for is not worth to stop a preview for a value that nobody knows yet.
  if (finding.kind === "unjudged") return !strict || concern === "hygiene";
  return !blocksIn(finding.concern ?? concern).includes(context.environment);
}
