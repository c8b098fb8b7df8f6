import { ProviderError } from "../../served-provider.ts";
import { list, object, type Properties, text } from "../../value.ts";
import { type Cluster, refusalOf } from "./client.ts";

/** Under this name the official plugin makes an object, without applying it (pkg/await/await.go, Creation). */
const creator = "pulumi-kubernetes";

/**
 * What the official plugin has made becomes ours before the first change, as it does itself: else its fields would be in
 * conflict, and those that the program leaves out later would stay.
 */
export async function takeOver(live: Properties, path: string, fieldManager: string, cluster: Cluster): Promise<void> {
  const { managedFields, resourceVersion } = object(live.metadata);
  const entries = list(managedFields).map(object);
  const made = entries.findIndex(
    ({ manager, operation, subresource }) =>
      text(manager) === creator && text(operation) === "Update" && subresource === undefined,
  );
  const isOurs = entries.some(
    ({ manager, operation }) => text(manager) === fieldManager && text(operation) === "Apply",
  );
  if (made < 0 || isOurs) return;
  const renamed = { ...entries[made], manager: fieldManager, operation: "Apply" };
  const answer = await cluster.request({
    method: "PATCH",
    path,
    contentType: "application/json-patch+json",
    body: [
      { op: "test", path: "/metadata/resourceVersion", value: resourceVersion ?? "" },
      { op: "replace", path: `/metadata/managedFields/${made}`, value: renamed },
    ],
  });
  if (answer.status !== 200) throw new ProviderError(`${path} cannot be taken over: ${refusalOf(answer)}`);
}
