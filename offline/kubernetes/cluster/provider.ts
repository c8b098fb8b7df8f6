import { randomUUID } from "node:crypto";
import { Cancellation } from "../../cancellation.ts";
import type { Problem } from "../../check.ts";
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
import { object, type Properties, text } from "../../value.ts";
import { kubernetes } from "../model.ts";
import { isClusterScoped } from "../rules.ts";
import { Cluster, type ObjectName } from "./client.ts";
import { clusterAccess } from "./kubeconfig.ts";
import { createObject, deleteObject, readObject, secondsIn, updateObject } from "./object.ts";
import type { Operation } from "./resource.ts";
import { configProblems, unsupported } from "./unsupported.ts";

/**
 * The kubernetes provider on a real API server, where the official plugin cannot be had. Checks, diffs and previews are
 * the stand-in's; what is made is real, so it works on any state. Where it does more than the plugin: a Deployment whose
 * controller gives up fails then, not at the timeout; pods that stop a StatefulSet's repair are deleted.
 */
export class ClusterProvider implements ServedProvider {
  readonly #planner = new Planner(kubernetes, () => randomUUID());
  readonly #cancellation = new Cancellation();
  readonly #clusters = new Map<string, Cluster>();

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

  async create(
    urn: string,
    inputs: Properties,
    config: Properties,
    preview: boolean,
    timeoutSeconds?: number,
  ): Promise<State> {
    if (preview) return { id: "", properties: this.#planner.expected(urn, inputs, config) };
    const seconds = timeoutSeconds ?? secondsIn(inputs);
    return this.#operate(config, seconds, (operation) => {
      const { name, namespace } = object(inputs.metadata);
      return createObject(nameOf(urn, text(name) ?? "", text(namespace), operation.cluster), inputs, operation);
    });
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
    const seconds = timeoutSeconds ?? secondsIn(inputs);
    return this.#operate(config, seconds, (operation) =>
      updateObject(namedBy(urn, state.id, operation.cluster), state, inputs, operation),
    );
  }

  async delete(urn: string, state: State, config: Properties, timeoutSeconds?: number): Promise<void> {
    await this.#operate(config, timeoutSeconds, (operation) =>
      deleteObject(namedBy(urn, state.id, operation.cluster), state, operation),
    );
  }

  async read(urn: string, state: State, inputs: Properties, config: Properties): Promise<Found | undefined> {
    return this.#operate(config, undefined, (operation) =>
      readObject(namedBy(urn, state.id, operation.cluster), state, inputs, operation),
    );
  }

  invoke(token: string): Properties {
    throw new ProviderError(
      `the driver of Kubernetes has no functions (${token} was called); pass the value as a setting, ` +
        "or install the official plugin (pulumi plugin install resource kubernetes)",
    );
  }

  cancel(): void {
    this.#cancellation.cancel();
  }

  #operate<Result>(
    config: Properties,
    timeoutSeconds: number | undefined,
    action: (operation: Operation) => Promise<Result>,
  ): Promise<Result> {
    const cluster = this.#clusterOf(config);
    return this.#cancellation.run((signal) => action({ cluster, signal, timeoutSeconds }));
  }

  /** One for each configuration. */
  #clusterOf(config: Properties): Cluster {
    const key = JSON.stringify(config);
    const cluster = this.#clusters.get(key) ?? new Cluster(clusterAccess(config));
    this.#clusters.set(key, cluster);
    return cluster;
  }
}

/** An object of a type, by what the program calls it. */
function nameOf(urn: string, name: string, namespace: string | undefined, { access }: Cluster): ObjectName {
  const { type } = parseUrn(urn);
  const [, group = "", kind = ""] = type.split(":");
  return {
    apiVersion: group.replace(/^core\//, ""),
    kind,
    namespace: isClusterScoped(type) ? undefined : (namespace ?? access.namespace),
    name,
  };
}

/** The same by its id, `<namespace>/<name>`. */
function namedBy(urn: string, id: string, cluster: Cluster): ObjectName {
  const [first = "", second] = id.split("/");
  return second === undefined ? nameOf(urn, first, undefined, cluster) : nameOf(urn, second, first, cluster);
}
