import { integer, uuid } from "../identity.ts";
import type { Instance } from "../model.ts";
import { isSecret, number, object, type Properties, secret, text, unknown, type Value } from "../value.ts";

/** A fixed moment: what is made up must not differ between two runs. */
const created = "2026-01-01T00:00:00Z";

/** The object as the API server returns it: inputs, defaults of the cluster, status once it is ready. */
export function kubernetesOutputs(instance: Instance, place: { readonly namespace?: string }): Properties {
  const { inputs, resource } = instance;
  const kind = resource.type.slice(resource.type.lastIndexOf(":") + 1);
  const result: Record<string, Value> = { ...inputs, metadata: metadata(instance, place.namespace) };
  const spec = specification(kind, instance);
  if (spec !== undefined) {
    result.spec = spec;
  }
  if (kinds[kind]?.status !== undefined) {
    result.status = instance.id === undefined ? unknown : status(kind, instance);
  }
  if (kind === "Secret") {
    Object.assign(result, secretData(inputs));
  }
  return result;
}

function metadata(instance: Instance, namespace: string | undefined): Properties {
  const given = object(instance.inputs.metadata);
  const before = object(instance.previous?.metadata);
  const exists = instance.id !== undefined;
  const made = (key: string, value: Value): Value => before[key] ?? (exists ? value : unknown);
  const generation = (number(before.generation) ?? 0) + 1;
  return {
    ...given,
    ...(namespace === undefined ? {} : { namespace }),
    uid: made("uid", uuid(instance.seed)),
    creationTimestamp: made("creationTimestamp", created),
    generation: exists ? generation : unknown,
    resourceVersion: exists ? String(integer(instance.seed, 1000, 900_000) + generation) : unknown,
  };
}

interface Kind {
  /** Made from the spec of a ready object. */
  readonly status?: (spec: Properties, instance: Instance) => Properties;
}

const replicas = (spec: Properties): number => number(spec.replicas) ?? 1;

const kinds: Readonly<Record<string, Kind>> = {
  Deployment: {
    status: (spec) => ({
      replicas: replicas(spec),
      readyReplicas: replicas(spec),
      availableReplicas: replicas(spec),
      updatedReplicas: replicas(spec),
      observedGeneration: 1,
    }),
  },
  StatefulSet: {
    status: (spec) => ({
      replicas: replicas(spec),
      readyReplicas: replicas(spec),
      currentReplicas: replicas(spec),
      observedGeneration: 1,
    }),
  },
  ReplicaSet: { status: (spec) => ({ replicas: replicas(spec), readyReplicas: replicas(spec) }) },
  DaemonSet: {
    status: () => ({ currentNumberScheduled: 1, desiredNumberScheduled: 1, numberMisscheduled: 0, numberReady: 1 }),
  },
  Job: { status: (spec) => ({ succeeded: number(spec.completions) ?? 1 }) },
  CronJob: { status: () => ({}) },
  Pod: { status: (_spec, { seed }) => ({ phase: "Running", podIP: `10.244.0.${integer(seed, 2, 250)}` }) },
  Namespace: { status: () => ({ phase: "Active" }) },
  PersistentVolumeClaim: { status: (spec) => ({ phase: "Bound", accessModes: spec.accessModes ?? [] }) },
  Service: {
    status: (spec, instance) => ({ loadBalancer: loadBalancer(text(spec.type) === "LoadBalancer", instance.seed) }),
  },
  Ingress: { status: (_spec, instance) => ({ loadBalancer: loadBalancer(true, instance.seed) }) },
  PodDisruptionBudget: {
    status: () => ({ currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 1, expectedPods: 1 }),
  },
  HorizontalPodAutoscaler: {
    status: (spec) => ({
      currentReplicas: number(spec.minReplicas) ?? 1,
      desiredReplicas: number(spec.minReplicas) ?? 1,
    }),
  },
};

function status(kind: string, instance: Instance): Properties {
  return kinds[kind]?.status?.(object(instance.inputs.spec), instance) ?? {};
}

/** Addresses of the range that is reserved for documentation (RFC 5737). */
function loadBalancer(balanced: boolean, seed: string): Properties {
  return balanced ? { ingress: [{ ip: `203.0.113.${integer(seed, 2, 250)}` }] } : {};
}

/** A Service gets an address of its own unless it is headless or an alias. */
function specification(kind: string, instance: Instance): Properties | undefined {
  const spec = object(instance.inputs.spec);
  if (kind !== "Service" || spec.clusterIP !== undefined || text(spec.type) === "ExternalName") {
    return undefined;
  }
  const before = object(instance.previous?.spec).clusterIP;
  const address = `10.96.${integer(instance.seed, 0, 255)}.${integer(`${instance.seed} host`, 2, 250)}`;
  const clusterIP = before ?? (instance.id === undefined ? unknown : address);
  const clusterIPs = clusterIP === unknown ? unknown : [clusterIP];
  return { ...spec, type: spec.type ?? "ClusterIP", clusterIP, clusterIPs };
}

/** pulumi-kubernetes keeps a Secret's content secret whatever the program says (provider.go, annotateSecrets). */
function secretData(inputs: Properties): Properties {
  const result: Record<string, Value> = {};
  for (const key of ["data", "stringData"]) {
    const value = inputs[key];
    if (value !== undefined) {
      result[key] = isSecret(value) ? value : secret(value);
    }
  }
  return result;
}
