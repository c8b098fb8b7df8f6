import { randomUUID } from "node:crypto";
import { Cancellation } from "../../cancellation.ts";
import type { Problem } from "../../check.ts";
import type { EngineLog } from "../../engine-log.ts";
import { parseUrn } from "../../identity.ts";
import { Planner } from "../../planner.ts";
import {
  type Checked,
  type Difference,
  type Found,
  ProviderError,
  type ServedProvider,
  type State,
} from "../../served-provider.ts";
import type { Properties } from "../../value.ts";
import { docker } from "../model.ts";
import { connect, type Daemon } from "./client.ts";
import { container } from "./container.ts";
import { connectionProblem } from "./errors.ts";
import { remoteImage } from "./image.ts";
import { network } from "./network.ts";
import { configProblems } from "./registry-logins.ts";
import type { DrivenResource, Operation } from "./resource.ts";
import { type DrivenType, isDriven, unsupported } from "./unsupported.ts";
import { volume } from "./volume.ts";

const resources: Readonly<Record<DrivenType, DrivenResource>> = {
  "docker:index/container:Container": container,
  "docker:index/network:Network": network,
  "docker:index/remoteImage:RemoteImage": remoteImage,
  "docker:index/volume:Volume": volume,
};

/**
 * The docker provider on a real daemon, where the official plugin cannot be had. Checks, diffs and previews are the
 * stand-in's; what is made is real, so it works on any state. Where it does more than the plugin: an update of a
 * container waits for it to be healthy as its creation does, so that one that failed does not pass for good later.
 */
export class DaemonProvider implements ServedProvider {
  readonly #planner = new Planner(docker, () => randomUUID());
  readonly #log: EngineLog;
  readonly #cancellation = new Cancellation();
  readonly #daemons = new Map<string, Promise<Daemon>>();

  constructor(log: EngineLog) {
    this.#log = log;
  }

  get version(): string {
    return this.#planner.version;
  }

  configProblems(config: Properties): readonly Problem[] {
    return configProblems(config);
  }

  check(urn: string, inputs: Properties, previous?: Properties, proposedName?: string): Checked {
    const checked = this.#planner.check(urn, inputs, previous, proposedName);
    return {
      inputs: checked.inputs,
      problems: [...checked.problems, ...unsupported(parseUrn(urn).type, checked.inputs)],
    };
  }

  diff(urn: string, _id: string, before: Properties, after: Properties, state: Properties = {}): Difference {
    return this.#planner.diff(urn, before, after, state);
  }

  async create(urn: string, inputs: Properties, config: Properties, preview: boolean): Promise<State> {
    if (preview) return { id: "", properties: this.#planner.expected(urn, inputs, config) };
    return this.#operate(urn, config, (resource, operation) => resource.create(inputs, operation));
  }

  async update(
    urn: string,
    state: State,
    inputs: Properties,
    config: Properties,
    preview: boolean,
  ): Promise<Properties> {
    if (preview) return this.#planner.expected(urn, inputs, config, state.properties);
    return this.#operate(urn, config, (resource, operation) => resource.update(state, inputs, operation));
  }

  async delete(urn: string, state: State, config: Properties): Promise<void> {
    await this.#operate(urn, config, (resource, operation) => resource.delete(state, operation));
  }

  async read(urn: string, state: State, inputs: Properties, config: Properties): Promise<Found | undefined> {
    return this.#operate(urn, config, (resource, operation) => resource.read(state, inputs, operation));
  }

  invoke(token: string): Properties {
    throw new ProviderError(
      `the driver of the Docker daemon has no functions (${token} was called); pass the value as a setting, ` +
        "or install the official plugin (pulumi plugin install resource docker)",
    );
  }

  cancel(): void {
    this.#cancellation.cancel();
  }

  async #operate<Result>(
    urn: string,
    config: Properties,
    action: (resource: DrivenResource, operation: Operation) => Promise<Result>,
  ): Promise<Result> {
    const { type } = parseUrn(urn);
    if (!isDriven(type)) throw new ProviderError(unsupported(type, {})[0]?.reason);
    const daemon = await this.#daemonOf(config);
    const debug = (message: string): void => this.#log.debug(urn, message);
    try {
      return await this.#cancellation.run((signal) => action(resources[type], { daemon, signal, debug }));
    } catch (error) {
      const gone = connectionProblem(error, daemon.address);
      throw gone === undefined ? error : new ProviderError(gone);
    }
  }

  /** One connection for each configuration; one that failed is tried again. */
  #daemonOf(config: Properties): Promise<Daemon> {
    const key = JSON.stringify(config);
    const known = this.#daemons.get(key);
    if (known !== undefined) return known;
    const daemon = connect(config);
    this.#daemons.set(key, daemon);
    daemon.catch(() => this.#daemons.delete(key));
    return daemon;
  }
}
