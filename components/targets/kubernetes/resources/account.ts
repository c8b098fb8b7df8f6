import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { accessRules } from "../access.ts";
import type { Placed } from "./placed.ts";

/** An identity of its own for each workload, with a token and rights only where the spec states an access. */
export function makeAccount(placed: Placed): readonly pulumi.Resource[] {
  const { spec, pullSecrets, metadata, options } = placed;
  const account = new kubernetes.core.v1.ServiceAccount(
    spec.name,
    {
      metadata: metadata(),
      automountServiceAccountToken: false,
      ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: [...pullSecrets] }),
    },
    options(),
  );
  return [account, ...makeAccess(placed)];
}

function makeAccess({ spec, stack, metadata, options }: Placed): readonly pulumi.Resource[] {
  const { kubernetesAccess } = spec;
  if (kubernetesAccess === undefined) return [];
  const rules = accessRules(kubernetesAccess);
  const { namespace, labels } = metadata();
  const subjects = [{ kind: "ServiceAccount", name: spec.name, namespace }];
  const roleRef = (kind: string, name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name });
  if (kubernetesAccess.scope === "cluster") {
    // The namespace in its name: these objects have none, and other stacks may share the cluster.
    const name = `${namespace}-${spec.name}`;
    const role = new kubernetes.rbac.v1.ClusterRole(spec.name, { metadata: { name, labels }, rules }, options());
    const binding = new kubernetes.rbac.v1.ClusterRoleBinding(
      spec.name,
      { metadata: { name, labels }, subjects, roleRef: roleRef("ClusterRole", name) },
      options({ dependsOn: [role] }),
    );
    return [role, binding];
  }
  return Object.entries(stack.namespaces).flatMap(([kind, where]) => {
    const own = { ...metadata(), namespace: where };
    const name = `${spec.name}-${kind}`;
    const role = new kubernetes.rbac.v1.Role(name, { metadata: own, rules }, options());
    const binding = new kubernetes.rbac.v1.RoleBinding(
      name,
      { metadata: own, subjects, roleRef: roleRef("Role", spec.name) },
      options({ dependsOn: [role] }),
    );
    return [role, binding];
  });
}
