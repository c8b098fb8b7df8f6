import type { Problem } from "./check.ts";
import type { Elsewhere } from "./elsewhere.ts";
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
import { type Properties, reveal, text } from "./value.ts";

/** One stand-in, without the protocol around it: what is asked comes in as plain values. */
export class OfflineProvider implements ServedProvider {
  readonly model: Model;
  readonly #planner: Planner;
  readonly #guard: Guard;
  readonly #faults: readonly Fault[];
  readonly #elsewhere: Elsewhere | undefined;
  readonly #lives = new Lives();
  readonly #waits = new Waits();

  /** @param elsewhere what of its resources is not in the state alone. */
  constructor(model: Model, guard: Guard, faults: readonly Fault[], elsewhere?: Elsewhere) {
    this.model = model;
    this.#planner = new Planner(model, (urn) => this.#lives.seed(urn));
    this.#guard = guard;
    this.#faults = faults;
    this.#elsewhere = elsewhere;
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
    this.#saw(urn, id, state);
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
    this.#saw(urn, id, state.properties);
    await this.#settle(resource, inputs, state, undefined);
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
    await this.#settle(resource, inputs, { id: state.id, properties }, state.properties);
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
    this.#saw(urn, id, stored);
    const known = Object.keys(stored).length > 0;
    const there = known ? await this.#elsewhere?.read(parseUrn(urn).type, stored) : undefined;
    if (there !== undefined) return { id, properties: { ...stored, ...there }, inputs: { ...inputs, ...there } };
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

  /** By its ARN where it has one: a task definition's id is that of its whole family. */
  #saw(urn: string, id: string, outputs: Properties): void {
    this.#lives.saw(urn, text(outputs.arn) ?? id);
  }

  /** A failure here comes after the id: what was asked for is recorded, with `initErrors`. */
  async #settle(
    resource: ResourceName,
    inputs: Properties,
    state: State,
    before: Properties | undefined,
  ): Promise<void> {
    try {
      await this.#elsewhere?.settle(resource.type, before, inputs);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new PartialFailure(message, state.id, state.properties, inputs);
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
      this.#saw(resource.urn, state.id, state.properties);
      throw new PartialFailure(message, state.id, state.properties, inputs);
    }
    throw new ProviderError(message);
  }
}
