import type { Problem, Scalars } from "./check.ts";
import type { Change, DiffRules } from "./diff.ts";
import type { ResourceName } from "./identity.ts";
import type { ProviderName } from "./schema/resource-types.ts";
import type { Properties } from "./value.ts";

/** A resource at the moment it is created or updated. */
export interface Instance {
  readonly resource: ResourceName;
  /** What made-up values are derived from; differs between a resource and its replacement. */
  readonly seed: string;
  /** After `fill`. */
  readonly inputs: Properties;
  /** The provider's own configuration. */
  readonly config: Properties;
  /** Outputs of before an update. */
  readonly previous?: Properties;
  /** Absent at preview, when nothing that the provider makes up is known. */
  readonly id?: string;
}

/** What is asked of `fill`. */
export interface FillRequest {
  readonly resource: ResourceName;
  readonly seed: string;
  readonly inputs: Properties;
  /** Inputs of last time, if the resource exists and is not about to be replaced. */
  readonly previous?: Properties;
  /** A name that the user's `pulumi:autonaming` configuration proposes. */
  readonly proposedName?: string;
}

export type ProviderFunction = (args: Properties, config: Properties) => Properties;

/** All that is particular to one provider; the rest of a stand-in is the same for all. Pure. */
export interface Model {
  readonly provider: ProviderName;
  readonly scalars: Scalars;
  /** Adds the inputs that the real provider adds by itself: automatic names, apiVersion and kind. */
  fill(request: FillRequest): Properties;
  /** Rules that the generated table cannot state. */
  problems(type: string, inputs: Properties): readonly Problem[];
  rules(type: string, inputs: Properties, previous: Properties): DiffRules;
  /** Whether the old one is deleted before its replacement is created, when the program does not say. */
  deletesFirst(type: string, changes: readonly Change[], inputs: Properties): boolean;
  id(instance: Instance): string;
  outputs(instance: Instance): Properties;
  readonly functions: Readonly<Record<string, ProviderFunction>>;
  /** Whether the resource exists, under its id, before it is known to work: then a failure leaves it behind. */
  failsAfterId(type: string): boolean;
}
