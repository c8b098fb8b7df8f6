import type { Problem } from "./check.ts";
import { driftFor, type Fault, faultFor, type Operation, Waits } from "./faults.ts";
import type { Guard } from "./guard.ts";
import { Lives, parseUrn, type ResourceName } from "./identity.ts";
import type { Instance, Model } from "./model.ts";
import { Planner } from "./planner.ts";
import {
  type Checked,
  type Difference,
  type Found,
  PartialFailure,
  ProviderError,
  type ServedProvider,
  type State,
} from "./served-provider.ts";
import { type Properties, reveal } from "./value.ts";

/** One stand-in, without the protocol around it: what is asked comes in as plain values. */
export class OfflineProvider implements ServedProvider {
  readonly model: Model;
  readonly #planner: Planner;
  readonly #guard: Guard;
  readonly #faults: readonly Fault[];
  readonly #lives = new Lives();
  readonly #waits = new Waits();

  constructor(model: Model, guard: Guard, faults: readonly Fault[]) {
    this.model = model;
    this.#planner = new Planner(model, (urn) => this.#lives.seed(urn));
    this.#guard = guard;
    this.#faults = faults;
  }

  get version(): string {
    return this.#planner.version;
  }

  /** Whatever it is: no account, region or daemon is ever reached. */
  configProblems(): readonly Problem[] {
    return [];
  }

  check(urn: string, inputs: Properties, previous?: Properties, proposedName?: string): Checked {
    return this.#planner.check(urn, inputs, previous, proposedName);
  }

  diff(urn: string, id: string, before: Properties, after: Properties, state: Properties = {}): Difference {
    this.#lives.saw(urn, id);
    return this.#planner.diff(urn, before, after, state);
  }

  async create(urn: string, inputs: Properties, config: Properties, preview: boolean): Promise<State> {
    if (preview) {
      return { id: "", properties: this.#planner.expected(urn, inputs, config) };
    }
    const resource = parseUrn(urn);
    const planned: Instance = { resource, inputs, config, seed: this.#lives.seed(urn) };
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
    if (preview) {
      return this.#planner.expected(urn, inputs, config, state.properties);
    }
    const resource = parseUrn(urn);
    this.#requireTemporaryState(resource);
    const instance = { resource, inputs, config, seed: urn, previous: state.properties };
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
  async read(
    urn: string,
    { id, properties: stored }: State,
    inputs: Properties,
    config: Properties,
  ): Promise<Found | undefined> {
    this.#lives.saw(urn, id);
    const known = Object.keys(stored).length > 0;
    const drift = driftFor(this.#faults, parseUrn(urn));
    if (drift !== undefined) {
      const { found } = drift;
      return found && { id, properties: { ...stored, ...found }, inputs: { ...inputs, ...found } };
    }
    const made = known ? stored : this.model.outputs({ resource: parseUrn(urn), seed: id, id, inputs, config });
    return { id, properties: made, inputs: Object.keys(inputs).length > 0 ? inputs : made };
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
}
