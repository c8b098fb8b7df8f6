import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { StartOrder } from "../../start-order.ts";
import { takeBackHook } from "../../take-back.ts";
import { stackLabels } from "../names.ts";
import { namespacePolicySpec } from "../network.ts";
import { credentialHosts, pullCredentials } from "../pull-credentials.ts";
import type { KubernetesStack } from "./stack.ts";

/** What is there before the first workload. */
export interface Foundation {
  readonly stack: KubernetesStack;
  readonly order: StartOrder;
  /** For controllers: Kubernetes stays in the middle of a rollout that fails. */
  readonly takeBack: pulumi.ErrorHook;
  readonly grounds: readonly Ground[];
}

/** A namespace, with what holds for all its pods. */
export interface Ground {
  readonly namespace: string;
  /** Before the first workload. */
  readonly ready: readonly pulumi.Resource[];
  readonly pullSecrets: readonly PullSecret[];
}

/** A Secret with which images are pulled. */
export interface PullSecret {
  readonly name: pulumi.Output<string>;
}

export function layFoundation(stack: KubernetesStack, platform: pulumi.Resource): Foundation {
  const { main, hosts } = stack.namespaces;
  return {
    stack,
    order: new StartOrder(),
    takeBack: takeBackHook(stack.context.stack),
    grounds: [ground(stack, main, "restricted", platform), ground(stack, hosts, "privileged", platform)],
  };
}

type PodSecurity = "restricted" | "privileged";

function ground(stack: KubernetesStack, name: string, security: PodSecurity, parent: pulumi.Resource): Ground {
  const labels = stackLabels(stack.context);
  const podSecurity = Object.fromEntries(
    ["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, security]),
  );
  const namespace = new kubernetes.core.v1.Namespace(
    name,
    { metadata: { name, labels: { ...labels, ...podSecurity } } },
    stack.under(parent),
  );
  const inside = stack.under(namespace, { dependsOn: [namespace] });
  const policy = new kubernetes.networking.v1.NetworkPolicy(
    `${name}-default`,
    { metadata: { name: "default", namespace: name, labels }, spec: namespacePolicySpec },
    inside,
  );
  return { namespace: name, ready: [namespace, policy], pullSecrets: pullSecrets(stack, name, labels, inside) };
}

function pullSecrets(
  { context }: KubernetesStack,
  namespace: string,
  labels: Record<string, string>,
  options: pulumi.CustomResourceOptions,
): readonly PullSecret[] {
  const user = context.registryUser;
  if (user === undefined) return [];
  const hosts = credentialHosts(context);
  const content = context.secretValue("registryPassword").apply((password) => pullCredentials(hosts, user, password));
  // No name: see the workloads' Secrets.
  const secret = new kubernetes.core.v1.Secret(
    `${namespace}-registry`,
    {
      metadata: { namespace, labels },
      type: "kubernetes.io/dockerconfigjson",
      stringData: { ".dockerconfigjson": content },
      immutable: true,
    },
    options,
  );
  return [{ name: secret.metadata.name }];
}
