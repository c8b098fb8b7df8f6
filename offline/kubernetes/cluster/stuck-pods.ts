import { poll } from "../../cancellation.ts";
import { list, object, type Properties, text } from "../../value.ts";
import type { ObjectName } from "./client.ts";
import { isObserved } from "./readiness.ts";
import type { Operation } from "./resource.ts";
import { podsUnder } from "./waiting.ts";

/** How long the controller may take to see a change, in ms. */
const observation = 30_000;

/**
 * Deletes pods of an earlier template that never got ready, where they would stop the update for good: a StatefulSet whose
 * pods go in order waits for them before it replaces them (kubernetes#67250).
 */
export async function freeStuckPods(name: ObjectName, applied: Properties, operation: Operation): Promise<void> {
  const { cluster, signal } = operation;
  const { podManagementPolicy, updateStrategy } = object(applied.spec);
  if (name.kind !== "StatefulSet" || text(podManagementPolicy) === "Parallel") return;
  if (text(object(updateStrategy).type) === "OnDelete") return;
  const path = await cluster.pathOf(name);
  const look = async (): Promise<Properties | undefined> => {
    const { status, body } = await cluster.request({ method: "GET", path });
    return status === 200 && isObserved(body) ? body : undefined;
  };
  const live = await poll(look, observation, signal);
  if (live === undefined) return;
  for (const pod of await podsUnder(live, cluster)) {
    if (!isStuck(pod, text(object(live.status).updateRevision))) continue;
    const { name: podName, namespace } = object(pod.metadata);
    await cluster.request({ method: "DELETE", path: `/api/v1/namespaces/${text(namespace)}/pods/${text(podName)}` });
  }
}

/** Of another revision than the one that is wanted, and not ready. */
export function isStuck({ metadata, status }: Properties, wanted: string | undefined): boolean {
  const revision = text(object(object(metadata).labels)["controller-revision-hash"]);
  const conditions = list(object(status).conditions).map(object);
  const isReady = conditions.some((it) => text(it.type) === "Ready" && text(it.status) === "True");
  return revision !== undefined && revision !== wanted && !isReady;
}
