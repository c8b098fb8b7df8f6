import { type DrivenResource, Driver, type DriverRules } from "../../driver.ts";
import { parseUrn } from "../../identity.ts";
import { object, type Properties, text } from "../../value.ts";
import { kubernetes } from "../model.ts";
import { isClusterScoped } from "../rules.ts";
import { Cluster, type ObjectName } from "./client.ts";
import { clusterAccess } from "./kubeconfig.ts";
import { createObject, deleteObject, readObject, secondsIn, updateObject } from "./object.ts";
import type { Operation } from "./resource.ts";
import { configProblems, unsupported } from "./unsupported.ts";

const rules: DriverRules = { model: kubernetes, drives: "Kubernetes", configProblems, unsupported };

/**
 * The kubernetes provider on a real API server. Where it does more than the plugin: a Deployment whose controller gives
 * up fails then, not at the timeout; pods that stop a StatefulSet's repair are deleted.
 */
export class ClusterProvider extends Driver<Operation> {
  readonly #clusters = new Map<string, Cluster>();

  constructor() {
    super(rules);
  }

  protected override async operate<Result>(
    urn: string,
    config: Properties,
    action: (resource: DrivenResource<Operation>, operation: Operation) => Promise<Result>,
    timeoutSeconds?: number,
  ): Promise<Result> {
    const cluster = this.#clusterOf(config);
    return this.cancellation.run((signal) => action(objectOf(urn, cluster), { cluster, signal, timeoutSeconds }));
  }

  /** One for each configuration. */
  #clusterOf(config: Properties): Cluster {
    const key = JSON.stringify(config);
    const cluster = this.#clusters.get(key) ?? new Cluster(clusterAccess(config));
    this.#clusters.set(key, cluster);
    return cluster;
  }
}

const objectOf = (urn: string, cluster: Cluster): DrivenResource<Operation> => ({
  create: (inputs, operation) => {
    const { name, namespace } = object(inputs.metadata);
    return createObject(nameOf(urn, text(name) ?? "", text(namespace), cluster), inputs, patient(inputs, operation));
  },
  read: (state, inputs, operation) => readObject(namedBy(urn, state.id, cluster), state, inputs, operation),
  update: (state, inputs, operation) =>
    updateObject(namedBy(urn, state.id, cluster), state, inputs, patient(inputs, operation)),
  delete: (state, operation) => deleteObject(namedBy(urn, state.id, cluster), state, operation),
});

/** With the object's own timeout where the program's `customTimeouts` say none. */
const patient = (inputs: Properties, operation: Operation): Operation => ({
  ...operation,
  timeoutSeconds: operation.timeoutSeconds ?? secondsIn(inputs),
});

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
