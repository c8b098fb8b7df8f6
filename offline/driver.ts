import { randomUUID } from "node:crypto";
import { Cancellation } from "./cancellation.ts";
import type { Problem } from "./check.ts";
import { parseUrn } from "./identity.ts";
import type { Model } from "./model.ts";
import { Planner } from "./planner.ts";
import {
  type Checked,
  type Difference,
  type Found,
  ProviderError,
  type ServedProvider,
  type State,
} from "./served-provider.ts";
import type { Properties } from "./value.ts";

/** What a driver knows before it touches anything. */
export interface DriverRules {
  readonly model: Model;
  /** What it drives, as its messages say it. */
  readonly drives: string;
  configProblems(config: Properties): readonly Problem[];
  /** What the driver does not do, by name: nothing is ignored. */
  unsupported(type: string, inputs: Properties): readonly Problem[];
}

/** What a driver makes, takes away and looks at. All reject with an error for a person where it is refused. */
export interface DrivenResource<Operation> {
  create(inputs: Properties, operation: Operation): Promise<State>;
  /** Undefined where it is gone. `inputs`: of last time, empty for one that is only named. */
  read(state: State, inputs: Properties, operation: Operation): Promise<Found | undefined>;
  /** Answers the outputs. */
  update(state: State, inputs: Properties, operation: Operation): Promise<Properties>;
  /** What is gone already is deleted. */
  delete(state: State, operation: Operation): Promise<void>;
}

/**
 * A provider that makes the real thing, where the official plugin cannot be had. Checks, diffs and previews are the
 * stand-in's; what is made is real, so it works on any state.
 */
export abstract class Driver<Operation> implements ServedProvider {
  readonly #rules: DriverRules;
  readonly #planner: Planner;
  protected readonly cancellation = new Cancellation();

  constructor(rules: DriverRules) {
    this.#rules = rules;
    this.#planner = new Planner(rules.model, () => randomUUID());
  }

  get version(): string {
    return this.#planner.version;
  }

  configProblems(config: Properties): readonly Problem[] {
    return this.#rules.configProblems(config);
  }

  check(urn: string, inputs: Properties, previous?: Properties, proposedName?: string): Checked {
    const checked = this.#planner.check(urn, inputs, previous, proposedName);
    return {
      inputs: checked.inputs,
      problems: [...checked.problems, ...this.#rules.unsupported(parseUrn(urn).type, checked.inputs)],
    };
  }

  diff(urn: string, _id: string, before: Properties, after: Properties, state: Properties = {}): Difference {
    return this.#planner.diff(urn, before, after, state);
  }

  async create(
    urn: string,
    inputs: Properties,
    config: Properties,
    preview: boolean,
    timeoutSeconds?: number,
  ): Promise<State> {
    if (preview) return { id: "", properties: this.#planner.expected(urn, inputs, config) };
    return this.operate(urn, config, (resource, operation) => resource.create(inputs, operation), timeoutSeconds);
  }

  async update(
    urn: string,
    state: State,
    inputs: Properties,
    config: Properties,
    preview: boolean,
    timeoutSeconds?: number,
  ): Promise<Properties> {
    if (preview) return this.#planner.expected(urn, inputs, config, state.properties);
    return this.operate(
      urn,
      config,
      (resource, operation) => resource.update(state, inputs, operation),
      timeoutSeconds,
    );
  }

  async delete(urn: string, state: State, config: Properties, timeoutSeconds?: number): Promise<void> {
    await this.operate(urn, config, (resource, operation) => resource.delete(state, operation), timeoutSeconds);
  }

  async read(urn: string, state: State, inputs: Properties, config: Properties): Promise<Found | undefined> {
    return this.operate(urn, config, (resource, operation) => resource.read(state, inputs, operation));
  }

  invoke(token: string): Properties {
    const { drives, model } = this.#rules;
    throw new ProviderError(
      `the driver of ${drives} has no functions (${token} was called); pass the value as a setting, ` +
        `or install the official plugin (pulumi plugin install resource ${model.provider})`,
    );
  }

  cancel(): void {
    this.cancellation.cancel();
  }

  /** What an operation needs, and the resource on which it is carried out, by the URN. */
  protected abstract operate<Result>(
    urn: string,
    config: Properties,
    action: (resource: DrivenResource<Operation>, operation: Operation) => Promise<Result>,
    timeoutSeconds?: number,
  ): Promise<Result>;
}
