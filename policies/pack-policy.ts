import type { PolicyConfigSchema, ReportViolation } from "@pulumi/policy";

/**
 * A policy as the pack serves it: what the SDK's policies have of it, and of what the SDK tells a policy only what ours
 * read. So it fits the SDK's server and another one that speaks the engine's protocol.
 */
export interface PackPolicy {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  readonly url?: string;
  readonly enforcementLevel: "mandatory";
  readonly remediationSteps?: string;
  readonly configSchema?: PolicyConfigSchema;
  /** The types of resources that `validateResource` judges. Default: any. */
  readonly types?: ReadonlySet<string>;
  readonly validateResource?: (asked: AskedResource, report: ReportViolation) => Promise<void> | void;
  readonly validateStack?: (asked: AskedStack, report: ReportViolation) => void;
}

interface Asked {
  readonly stackTags: ReadonlyMap<string, string>;
  /** What is configured for the policy. */
  getConfig(): object;
  /** Throws what the server knows as "does not apply". */
  notApplicable(reason: string): never;
}

/** A resource before it is touched. */
export interface AskedResource extends Asked, RegisteredResource {}

/** All resources, once the whole stack is known. */
export interface AskedStack extends Asked {
  readonly resources: readonly StackedResource[];
}

export interface RegisteredResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: object;
  readonly opts: { readonly deleteBeforeReplace?: boolean };
}

export interface StackedResource extends RegisteredResource {
  /** By property: what its value was made from. */
  readonly propertyDependencies: Readonly<Record<string, readonly Pick<RegisteredResource, "type" | "name" | "urn">[]>>;
}
