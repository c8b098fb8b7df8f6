import { problemsOf } from "./check.ts";
import { changesBetween } from "./diff.ts";
import { parseUrn } from "./identity.ts";
import type { Model } from "./model.ts";
import { loadTable } from "./schema/load.ts";
import type { Checked, Difference } from "./served-provider.ts";
import type { Properties } from "./value.ts";

/** What a provider says before anything is touched, by its model: inputs filled and checked, what differs, what will be. */
export class Planner {
  readonly model: Model;
  readonly #seed: (urn: string) => string;
  readonly #unlisted = new Set<string>();

  /** `seed`: what the automatic name and the made-up values of the next life of a resource are derived from. */
  constructor(model: Model, seed: (urn: string) => string) {
    this.model = model;
    this.#seed = seed;
  }

  get version(): string {
    return loadTable(this.model.provider).version;
  }

  check(urn: string, inputs: Properties, previous?: Properties, proposedName?: string): Checked {
    const resource = parseUrn(urn);
    const filled = this.model.fill({
      resource,
      inputs,
      seed: this.#seed(urn),
      ...(previous === undefined ? {} : { previous }),
      ...(proposedName === undefined ? {} : { proposedName }),
    });
    const table = loadTable(this.model.provider);
    const problems = problemsOf(table, resource.type, filled, this.model.scalars);
    if (problems !== undefined) {
      return { inputs: filled, problems: [...problems, ...this.model.problems(resource.type, filled)] };
    }
    const warning = this.#firstMention(resource.type);
    return { inputs: filled, problems: [], ...(warning === undefined ? {} : { warning }) };
  }

  diff(urn: string, before: Properties, after: Properties, state: Properties): Difference {
    const { type } = parseUrn(urn);
    const rules = this.model.rules(type, after, before);
    const filledIn = Object.entries(state).filter(([key]) => rules.kept?.includes(key) === true);
    const changes = changesBetween({ ...Object.fromEntries(filledIn), ...before }, after, rules);
    return { changes, deletesFirst: this.model.deletesFirst(type, changes, after) };
  }

  /** The outputs that a preview shows: what only the provider can tell is unknown, or what it was before the update. */
  expected(urn: string, inputs: Properties, config: Properties, previous?: Properties): Properties {
    const resource = parseUrn(urn);
    const seed = this.#seed(urn);
    return this.model.outputs({ resource, inputs, config, seed, ...(previous === undefined ? {} : { previous }) });
  }

  #firstMention(type: string): string | undefined {
    if (this.#unlisted.has(type)) {
      return undefined;
    }
    this.#unlisted.add(type);
    return `the offline ${this.model.provider} provider does not know ${type}: accepted unchecked. To have it checked, add it to offline/schema/resource-types.ts`;
  }
}
