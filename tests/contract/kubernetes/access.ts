import { at, list, text, texts } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";
import { type Observed, sorted } from "../observed.ts";

/** What the workload's account may read; a token is in the pod only where there is something to read. */
export function readAccess(
  pod: unknown,
  controller: Rendered,
  resources: readonly Rendered[],
): Observed["kubernetesAccess"] {
  const account = at(pod, "serviceAccountName");
  const namespace = at(controller.inputs.metadata, "namespace");
  const bindings = resources.filter(
    ({ type, inputs }) =>
      /:(?:Cluster)?RoleBinding$/.test(type) &&
      list(inputs.subjects).some(
        (subject) => at(subject, "name") === account && at(subject, "namespace") === namespace,
      ),
  );
  if (bindings.length === 0)
    return at(pod, "automountServiceAccountToken") === false
      ? null
      : { resources: [], verbs: ["token"], scope: "namespace" };
  const rules = bindings.flatMap(({ inputs }) =>
    resources
      .filter(
        (role) =>
          role.type.endsWith(`:${text(at(inputs.roleRef, "kind"))}`) &&
          at(role.inputs.metadata, "name") === at(inputs.roleRef, "name") &&
          at(role.inputs.metadata, "namespace") === at(inputs.metadata, "namespace"),
      )
      .flatMap((role) => list(role.inputs.rules)),
  );
  return {
    resources: sorted(rules.flatMap((rule) => texts(at(rule, "resources")))),
    verbs: sorted(rules.flatMap((rule) => texts(at(rule, "verbs")))),
    scope: bindings.every(({ type }) => type.endsWith(":ClusterRoleBinding")) ? "cluster" : "namespace",
  };
}
