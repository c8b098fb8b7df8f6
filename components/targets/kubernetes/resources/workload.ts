import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { WorkloadSpec } from "../../../workload/index.ts";
import {
  autoscalerSpec,
  daemonSetSpec,
  deploymentSpec,
  disruptionBudgetSpec,
  rolloutTimeoutSeconds,
  statefulSetSpec,
} from "../controllers.ts";
import { configData, configMapName, liveEntries, liveSecretName, type SecretEntry, secretEntries } from "../files.ts";
import { workloadPolicySpec } from "../network.ts";
import { podTemplate } from "../pod.ts";
import { makeAccount } from "./account.ts";
import type { Foundation } from "./foundation.ts";
import { type Placed, place } from "./placed.ts";
import { makeServices } from "./services.ts";

/** Makes a workload's objects, as children of `parent`. */
export function realizeWorkload(spec: WorkloadSpec, foundation: Foundation, parent: pulumi.Resource): void {
  const placed = place(spec, foundation, parent);
  const before = [makeNetworkPolicy(placed, foundation), ...makeAccount(placed)];
  const files = makeFiles(placed);
  const secret = makeSecret(placed);
  const live = makeLiveSecret(placed);
  const template = podTemplate(spec, foundation.stack.context, {
    configMap: files === undefined ? undefined : configMapName(spec),
    secret: secret?.metadata.name,
    live: live?.metadata.name,
  });
  const started = foundation.order.after(spec.startsAfter);
  const dependsOn = started.then((earlier) => [...before, ...(files === undefined ? [] : [files]), ...earlier]);
  const controller = makeController(placed, template, { dependsOn, hooks: { onError: [foundation.takeBack] } });
  foundation.order.announce(spec.name, controller);
  makeServices(placed);
  makeScaling(placed, controller);
}

const makeNetworkPolicy = ({ spec, stack, metadata, options }: Placed, foundation: Foundation) =>
  new kubernetes.networking.v1.NetworkPolicy(
    spec.name,
    {
      metadata: metadata(),
      spec: workloadPolicySpec(spec, {
        workloads: foundation.stack.context.members.filter((member) => member.kind === "workload"),
        namespaces: stack.namespaces,
        stack: stack.context.stack,
      }),
    },
    options(),
  );

/** A changed content has another name in the engine's eyes too: the object before goes last, after the rollout. */
function makeFiles({ spec, metadata, options }: Placed): pulumi.Resource | undefined {
  if (spec.files.length === 0) return undefined;
  const name = configMapName(spec);
  return new kubernetes.core.v1.ConfigMap(
    name,
    { metadata: metadata(name), data: configData(spec), immutable: true },
    options(),
  );
}

/**
 * Without a name of ours: a changed value replaces the object, under a new name that Pulumi chooses, so the pods roll and
 * the old ones keep the old value until they are gone. A hash of the value would do the same and tell about the value.
 */
function makeSecret({ spec, stack, metadata, options }: Placed): kubernetes.core.v1.Secret | undefined {
  const entries = secretEntries(spec);
  if (entries.length === 0) return undefined;
  const { namespace, labels } = metadata();
  return new kubernetes.core.v1.Secret(
    `${spec.name}-secrets`,
    { metadata: { namespace, labels }, stringData: stringData(entries, stack), immutable: true },
    options(),
  );
}

const stringData = (entries: readonly SecretEntry[], { context }: Placed["stack"]) =>
  Object.fromEntries(
    entries.map(({ key, secret, text }) => [key, pulumi.secret(context.secretValue(secret).apply(text))]),
  );

/**
 * Under one name for ever: the kubelet brings a new value into the files of the pods that run (within about a minute), and
 * they read it again. None of it is mounted by `subPath`, which would never change.
 */
function makeLiveSecret({ spec, stack, metadata, options }: Placed): kubernetes.core.v1.Secret | undefined {
  const entries = liveEntries(spec);
  if (entries.length === 0) return undefined;
  const name = liveSecretName(spec);
  return new kubernetes.core.v1.Secret(
    name,
    { metadata: metadata(name), stringData: stringData(entries, stack) },
    options(),
  );
}

type Template = ReturnType<typeof podTemplate<pulumi.Output<string>>>;

function makeController(
  { spec, stack, metadata, options }: Placed,
  template: Template,
  more: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const timeout = `${rolloutTimeoutSeconds(spec)}s`;
  const awaited = options({ ...more, customTimeouts: { create: timeout, update: timeout } });
  const { placement, name } = spec;
  const { stack: stackName } = stack.context;
  switch (placement.kind) {
    case "stateless":
      return new kubernetes.apps.v1.Deployment(
        name,
        { metadata: metadata(), spec: deploymentSpec(spec, placement, stackName, template) },
        awaited,
      );
    case "stateful":
      return new kubernetes.apps.v1.StatefulSet(
        name,
        {
          metadata: metadata(),
          spec: statefulSetSpec(
            spec,
            placement,
            { stack: stackName, storageClass: stack.section.storageClass },
            template,
          ),
        },
        awaited,
      );
    case "per-host":
      return new kubernetes.apps.v1.DaemonSet(
        name,
        { metadata: metadata(), spec: daemonSetSpec(spec, placement, stackName, template) },
        awaited,
      );
  }
}

function makeScaling({ spec, stack, metadata, options }: Placed, controller: pulumi.Resource): void {
  const autoscaler = autoscalerSpec(spec);
  if (autoscaler !== undefined) {
    new kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
      spec.name,
      { metadata: metadata(), spec: autoscaler },
      options({ dependsOn: [controller] }),
    );
  }
  const budget = disruptionBudgetSpec(spec, stack.context.stack);
  if (budget !== undefined) {
    new kubernetes.policy.v1.PodDisruptionBudget(spec.name, { metadata: metadata(), spec: budget }, options());
  }
}
