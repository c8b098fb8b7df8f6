import { describe, expect, test } from "vitest";
import { parseUrn } from "../identity.ts";
import { isSecret, type Properties, unknown } from "../value.ts";
import { kubernetes } from "./model.ts";
import { kubernetesProblems } from "./problems.ts";

function create(type: string, inputs: Properties, preview = false) {
  const resource = parseUrn(`urn:pulumi:dev::p::${type}::Thing`);
  const filled = kubernetes.fill({ resource, inputs, seed: resource.urn });
  const instance = { resource, inputs: filled, seed: resource.urn, config: {} };
  const id = kubernetes.id(instance);
  return { id, inputs: filled, outputs: kubernetes.outputs(preview ? instance : { ...instance, id }) };
}

test("apiVersion, kind and an automatic name are filled in, as the real provider marks it", () => {
  const { id, inputs } = create("kubernetes:apps/v1:Deployment", {});
  expect(inputs).toMatchObject({ apiVersion: "apps/v1", kind: "Deployment" });
  expect(inputs.metadata).toMatchObject({
    name: expect.stringMatching(/^thing-[0-9a-f]{8}$/),
    annotations: { "pulumi.com/autonamed": "true" },
  });
  expect(id).toMatch(/^default\/thing-/);
  expect(create("kubernetes:core/v1:ConfigMap", {}).inputs.apiVersion).toBe("v1");
  expect(create("kubernetes:networking.k8s.io/v1:Ingress", {}).inputs.apiVersion).toBe("networking.k8s.io/v1");
});

test("what belongs to the cluster has no namespace", () => {
  expect(create("kubernetes:core/v1:Namespace", { metadata: { name: "monitoring" } }).id).toBe("monitoring");
  expect(create("kubernetes:core/v1:Pod", { metadata: { name: "a", namespace: "monitoring" } }).id).toBe(
    "monitoring/a",
  );
});

test("at preview what the cluster decides is unknown", () => {
  const { outputs } = create("kubernetes:core/v1:Service", { metadata: { name: "a" }, spec: { ports: [] } }, true);
  expect(outputs).toMatchObject({ status: unknown, spec: { clusterIP: unknown, type: "ClusterIP" } });
  expect(outputs.metadata).toMatchObject({ name: "a", namespace: "default", uid: unknown });
});

test("a headless Service gets no address", () => {
  const { outputs } = create("kubernetes:core/v1:Service", { metadata: { name: "a" }, spec: { clusterIP: "None" } });
  expect(outputs.spec).toEqual({ clusterIP: "None" });
});

test("a Secret's content is secret though the program did not say so", () => {
  const { outputs } = create("kubernetes:core/v1:Secret", { stringData: { a: "b" } });
  expect(isSecret(outputs.stringData ?? null)).toBe(true);
});

test("an object is deleted first when its replacement has the same name", () => {
  const replaced = [{ path: "spec.selector", kind: "update", replaces: true }] as const;
  expect(kubernetes.deletesFirst("kubernetes:apps/v1:Deployment", replaced, { metadata: { name: "a" } })).toBe(true);
  const automatic = create("kubernetes:apps/v1:Deployment", {}).inputs;
  expect(kubernetes.deletesFirst("kubernetes:apps/v1:Deployment", replaced, automatic)).toBe(false);
  const renamed = [{ path: "metadata.name", kind: "update", replaces: true }] as const;
  expect(kubernetes.deletesFirst("kubernetes:apps/v1:Deployment", renamed, { metadata: { name: "b" } })).toBe(false);
});

describe("rules beyond the table", () => {
  test.each([
    ["kubernetes:core/v1:ConfigMap", "With_Capitals", 1],
    ["kubernetes:core/v1:ConfigMap", "fine.name-1", 0],
    ["kubernetes:core/v1:Service", "1st", 1],
    ["kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "system:reader", 0],
  ])("%s named %s", (type, name, count) => {
    expect(kubernetesProblems(type, { metadata: { name } })).toHaveLength(count);
  });

  test("a selector that does not match its own pods", () => {
    const deployment = (label: string) => ({
      spec: { selector: { matchLabels: { app: "a" } }, template: { metadata: { labels: { app: label } } } },
    });
    expect(kubernetesProblems("kubernetes:apps/v1:Deployment", deployment("a"))).toEqual([]);
    expect(kubernetesProblems("kubernetes:apps/v1:Deployment", deployment(unknown))).toEqual([]);
    expect(kubernetesProblems("kubernetes:apps/v1:Deployment", deployment("b"))[0]?.property).toBe(
      "spec.selector.matchLabels",
    );
  });
});
