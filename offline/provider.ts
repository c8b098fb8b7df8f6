import { type Problem, problemsOf } from "./check.ts";
import { type Change, changesBetween } from "./diff.ts";
import { type Fault, faultFor, type Operation, Waits } from "./faults.ts";
import type { Guard } from "./guard.ts";
import { Lives, parseUrn, type ResourceName } from "./identity.ts";
import type { Instance, Model } from "./model.ts";
import { loadTable } from "./schema/load.ts";
import { type Properties, reveal } from "./value.ts";

/** A refusal or failure that the user reads. */
export class ProviderError extends Error {}

/** A failure after the resource exists: what there is of it is recorded, and the next update repairs it. */
export class PartialFailure extends Error {
  readonly id: string;
  readonly properties: Properties;
  readonly inputs: Properties;

  constructor(message: string, id: string, properties: Properties, inputs: Properties) {
    super(message);
    this.id = id;
    this.properties = properties;
    this.inputs = inputs;
  }
}

export interface Checked {
  readonly inputs: Properties;
  readonly problems: readonly Problem[];
  /** A type that the tables do not know, told once. */
  readonly warning?: string;
}

export interface Difference {
  readonly changes: readonly Change[];
  readonly deletesFirst: boolean;
}

interface State {
  readonly id: string;
  readonly properties: Properties;
}

/** One stand-in, without the protocol around it: what is asked comes in as plain values. */
export class OfflineProvider {
  readonly model: Model;
  readonly #guard: Guard;
  readonly #faults: readonly Fault[];
  readonly #lives = new Lives();
  readonly #waits = new Waits();
  readonly #unlisted = new Set<string>();

  constructor(model: Model, guard: Guard, faults: readonly Fault[]) {
    this.model = model;
    this.#guard = guard;
    this.#faults = faults;
  }

  get version(): string {
    return loadTable(this.model.provider).version;
  }

  check(urn: string, inputs: Properties, previous?: Properties, proposedName?: string): Checked {
    const resource = parseUrn(urn);
    const filled = this.model.fill({
      resource,
      inputs,
      seed: this.#lives.seed(urn),
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

  /** `state`: the outputs, which tell what the provider had filled in where the inputs of last time say nothing. */
  diff(urn: string, id: string, before: Properties, after: Properties, state: Properties = {}): Difference {
    const { type } = parseUrn(urn);
    this.#lives.saw(urn, id);
    const rules = this.model.rules(type, after, before);
    const filledIn = Object.entries(state).filter(([key]) => rules.kept?.includes(key) === true);
    const changes = changesBetween({ ...Object.fromEntries(filledIn), ...before }, after, rules);
    return { changes, deletesFirst: this.model.deletesFirst(type, changes, after) };
  }

  async create(urn: string, inputs: Properties, config: Properties, preview: boolean): Promise<State> {
    const resource = parseUrn(urn);
    const planned: Instance = { resource, inputs, config, seed: this.#lives.seed(urn) };
    if (preview) {
      return { id: "", properties: this.model.outputs(planned) };
    }
    this.#requireTemporaryState(resource);
    const id = this.model.id(planned);
    const state = { id, properties: this.model.outputs({ ...planned, id }) };
    await this.#disturb(resource, "create", inputs, state);
    this.#lives.saw(urn, id);
    return state;
  }

  async update(
    urn: string,
    state: State,
    inputs: Properties,
    config: Properties,
    preview: boolean,
  ): Promise<Properties> {
    const resource = parseUrn(urn);
    const instance = { resource, inputs, config, seed: urn, previous: state.properties };
    if (preview) {
      return this.model.outputs(instance);
    }
    this.#requireTemporaryState(resource);
    const properties = this.model.outputs({ ...instance, id: state.id });
    await this.#disturb(resource, "update", inputs, { id: state.id, properties });
    return properties;
  }

  async delete(urn: string): Promise<void> {
    const resource = parseUrn(urn);
    this.#requireTemporaryState(resource);
    await this.#disturb(resource, "delete", {}, undefined);
  }

  /** The stored state; for a resource only named (`X.get`), one that is made up for its id. */
  read(urn: string, id: string, stored: Properties, inputs: Properties, config: Properties): Properties {
    this.#lives.saw(urn, id);
    const known = Object.keys(stored).length > 0;
    return known ? stored : this.model.outputs({ resource: parseUrn(urn), seed: id, id, inputs, config });
  }

  /** Throws ProviderError for a function that has no stand-in. */
  invoke(token: string, args: Properties, config: Properties): Properties {
    const run = this.model.functions[token];
    if (run === undefined) {
      const known = Object.keys(this.model.functions).join(", ") || "none";
      throw new ProviderError(
        `the offline ${this.model.provider} provider has no function ${token} (it has: ${known}); ` +
          `add it under offline/${this.model.provider}/functions.ts or pass the value as a setting`,
      );
    }
    const plain = Object.fromEntries(Object.entries(args).map(([key, value]) => [key, reveal(value)]));
    return run(plain, config);
  }

  cancel(): void {
    this.#waits.cancel();
  }

  #requireTemporaryState(resource: ResourceName): void {
    const refusal = this.#guard.refusal(resource);
    if (refusal !== undefined) {
      throw new ProviderError(refusal);
    }
  }

  async #disturb(resource: ResourceName, on: Operation, inputs: Properties, state: State | undefined): Promise<void> {
    const fault = faultFor(this.#faults, resource, on);
    if (fault === undefined) {
      return;
    }
    if (fault.kind === "slow" && (await this.#waits.wait(fault.milliseconds ?? 60_000))) {
      return;
    }
    const message = fault.message ?? (fault.kind === "slow" ? `${on} was cancelled` : `injected failure of ${on}`);
    // Bridged providers and Kubernetes record what a failed update may have done (tfbridge's Update, initErrors).
    const leftBehind = fault.afterId ?? (on === "update" || this.model.failsAfterId(resource.type));
    if (state !== undefined && leftBehind) {
      this.#lives.saw(resource.urn, state.id);
      throw new PartialFailure(message, state.id, state.properties, inputs);
    }
    throw new ProviderError(message);
  }

  #firstMention(type: string): string | undefined {
    if (this.#unlisted.has(type)) {
      return undefined;
    }
    this.#unlisted.add(type);
    return `the offline ${this.model.provider} provider does not know ${type}: accepted unchecked. To have it checked, add it to offline/schema/resource-types.ts`;
  }
}
