import { hex } from "../identity.ts";
import type { FillRequest, Instance, Model } from "../model.ts";
import { object, type Properties, text } from "../value.ts";
import { kubernetesOutputs } from "./outputs.ts";
import { kubernetesProblems } from "./problems.ts";
import { isClusterScoped, kubernetesRules } from "./rules.ts";

/** pulumi-kubernetes notes an automatic name so (pkg/metadata/naming.go). */
const autonamed = "pulumi.com/autonamed";

/** The stand-in for `@pulumi/kubernetes`. */
export const kubernetes: Model = {
  provider: "kubernetes",
  scalars: "exact",
  fill,
  problems: kubernetesProblems,
  rules: kubernetesRules,
  // Two objects of one name cannot exist: a replacement that keeps the name deletes first (provider.go, Diff).
  deletesFirst: (_type, changes, inputs) =>
    changes.some((it) => it.replaces) &&
    !changes.some((it) => it.path === "metadata.name" || it.path === "metadata.namespace") &&
    !isAutonamed(object(inputs.metadata)),
  id: ({ resource, inputs, config }) => {
    const { name, namespace } = place(resource.type, inputs, config);
    return namespace === undefined ? name : `${namespace}/${name}`;
  },
  outputs: (instance: Instance) =>
    kubernetesOutputs(instance, place(instance.resource.type, instance.inputs, instance.config)),
  functions: {},
  // An object exists under its name before it is awaited; what does not get ready is recorded with initErrors.
  failsAfterId: () => true,
};

interface Place {
  readonly name: string;
  readonly namespace?: string;
}

function place(type: string, inputs: Properties, config: Properties): Place {
  const metadata = object(inputs.metadata);
  const name = text(metadata.name) ?? "";
  return isClusterScoped(type)
    ? { name }
    : { name, namespace: text(metadata.namespace) ?? text(config.namespace) ?? "default" };
}

/** Fills in apiVersion, kind and `metadata.name` (`<name>-<8 characters>`). */
function fill(request: FillRequest): Properties {
  const { resource, inputs, previous, seed } = request;
  const [, group = "", kind = ""] = resource.type.split(":");
  const typed = { ...inputs, apiVersion: group.replace(/^core\//, ""), kind };
  const metadata = object(inputs.metadata);
  if (metadata.name !== undefined || metadata.generateName !== undefined) {
    return typed;
  }
  const before = object(previous?.metadata);
  const kept = isAutonamed(before) ? before.name : undefined;
  const name = kept ?? request.proposedName ?? `${resource.name.toLowerCase()}-${hex(seed, 8)}`;
  const annotations = { ...object(metadata.annotations), [autonamed]: "true" };
  return { ...typed, metadata: { ...metadata, name, annotations } };
}

function isAutonamed(metadata: Properties): boolean {
  return text(object(metadata.annotations)[autonamed]) === "true";
}
