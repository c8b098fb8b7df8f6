import type { Concern, Environment } from "./enforcement.ts";
import type { Properties } from "./values.ts";

/** A resource as the program registered it, or as a stack holds it. */
export interface Resource {
  /** The type token, `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  readonly urn: string;
  readonly properties: Properties;
  /** As the program states it; absent where it says nothing, and under `pulumi policy analyze`, which does not tell. */
  readonly deleteBeforeReplace?: boolean;
}

/** A resource together with those that its properties were made from. */
export interface StackResource extends Resource {
  /** By property: the resources whose outputs its value was made from. */
  readonly madeFrom: Readonly<Record<string, readonly Resource[]>>;
}

/** What is wrong, and how it is put right. Never quotes a value that could be a secret. */
export interface Violation {
  readonly kind: "violation";
  /** The property that is at fault, as a person writes it. */
  readonly property: string;
  /** What is wrong with the value found, as the rest of a sentence. */
  readonly problem: string;
  /** The line of code that puts it right. */
  readonly repair: string;
  /** The vendor's page about that setting. */
  readonly url: string;
  /** Where it is another than the policy's own: a policy that asks for presence may also find what lacks depth. */
  readonly concern?: Concern;
}

/** A guarded property whose value is not known yet: neither right nor wrong, so it is said. */
export interface Unjudged {
  readonly kind: "unjudged";
  readonly property: string;
}

export type Finding = Violation | Unjudged;

interface NotApplicable {
  readonly kind: "not-applicable";
  readonly reason: string;
}

/** What a policy says about one resource. No findings: it complies. */
export type Verdict = { readonly kind: "judged"; readonly findings: readonly Finding[] } | NotApplicable;

export const judged = (findings: readonly Finding[]): Verdict => ({ kind: "judged", findings });

export const notApplicable = (reason: string): NotApplicable => ({ kind: "not-applicable", reason });

export const unjudged = (property: string): Unjudged => ({ kind: "unjudged", property });

/** A number that a policy asks for, which a person may set in the pack's configuration. */
export interface Parameter {
  /** camelCase, with its unit where it has one: `minimumReplicas`, `retentionDays`. */
  readonly name: string;
  readonly description: string;
  readonly minimum: number;
  readonly maximum?: number;
  readonly default: number | Readonly<Record<Environment, number>>;
}

/** What a rule knows of the stack, beside its resources. */
export interface Context {
  readonly environment: Environment;
  /** What is set for one of the policy's parameters, else its default. */
  readonly setting: (parameter: Parameter) => number;
}

/** How resources of some types are judged, each by itself, before it is touched. */
export interface ResourceRule {
  readonly types: readonly string[];
  /** What the rule asks, for the documentation. */
  readonly asks: string;
  /** What it leaves alone, for the documentation. */
  readonly leavesAlone?: string;
  readonly judge: (resource: Resource, context: Context) => Verdict;
}

/** A finding about one of the stack's resources; about the stack itself where there is none. */
export interface StackFinding {
  readonly resource?: Resource;
  readonly finding: Finding;
}

export type StackVerdict = { readonly kind: "judged"; readonly findings: readonly StackFinding[] } | NotApplicable;

/** How resources are judged together, once the whole stack is known: at the end of a preview or an update. */
export interface StackRule {
  readonly types: readonly string[];
  readonly asks: string;
  readonly leavesAlone?: string;
  /** `resources` are those of `types`. */
  readonly judge: (resources: readonly StackResource[], context: Context) => StackVerdict;
}

/** The same rule in another tool, for those who come from there or must show that it is covered. */
export interface Counterpart {
  readonly tool: string;
  readonly rules: readonly string[];
}

/** How a person puts it right: what to do, and the line of code that does it. */
export interface Remedy {
  readonly step: string;
  readonly code: string;
}

/** A small program; the documentation shows it and the tests judge it, so it cannot lie. */
export interface Example {
  readonly title: string;
  readonly bad: readonly ExampleResource[];
  readonly good: readonly ExampleResource[];
}

export interface ExampleResource extends Pick<Resource, "type" | "name" | "properties" | "deleteBeforeReplace"> {
  /** By property: the name of the example's resource that its value was made from. */
  readonly madeFrom?: Readonly<Record<string, string>>;
}

export interface Policy {
  /** kebab-case, unique in the pack. */
  readonly name: string;
  readonly displayName: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  /**
   * What its violations are about, where they do not say it themselves; by it and the environment they block or are
   * advice. Configuration may switch a policy to `advisory` or `disabled`; to have advice block, it sets another
   * `environment`.
   */
  readonly concern: Concern;
  /** One sentence: what must be. */
  readonly description: string;
  /** What happens in production without it. */
  readonly why: string;
  readonly remedies: readonly Remedy[];
  readonly url: string;
  readonly counterparts: readonly Counterpart[];
  /** The numbers that a person may set; rules read them with {@link Context.setting}. */
  readonly parameters: readonly Parameter[];
  readonly resourceRules: readonly ResourceRule[];
  readonly stackRules: readonly StackRule[];
  readonly examples: readonly Example[];
}
