import { afterAll, beforeAll, expect, test } from "vitest";
import { ClusterProvider } from "../../../offline/kubernetes/cluster/provider.ts";
import { PartialFailure, type State } from "../../../offline/served-provider.ts";
import { list, object, type Properties, secret, text } from "../../../offline/value.ts";
import { startCluster, type TestCluster } from "../../support/kubernetes/cluster.ts";

let cluster: TestCluster;
let config: Properties;
const provider = new ClusterProvider();
// Building Kubernetes takes minutes, the first time.
beforeAll(async () => {
  cluster = await startCluster();
  config = { kubeconfig: cluster.kubeconfig };
}, 3_600_000);
afterAll(() => cluster?.stop());

/** An object of the test's, by its type and name; `made`: the state that is recorded of it, as the engine would. */
function resource(type: string, name: string) {
  const urn = `urn:pulumi:test::p::kubernetes:${type}::${name}`;
  const checked = (inputs: Properties): Properties => {
    const { inputs: filled, problems } = provider.check(urn, {
      ...inputs,
      metadata: { name, ...object(inputs.metadata) },
    });
    expect(problems).toEqual([]);
    return filled;
  };
  return {
    create: (inputs: Properties, seconds?: number) => provider.create(urn, checked(inputs), config, false, seconds),
    update: (state: State, inputs: Properties, seconds?: number) =>
      provider
        .update(urn, state, checked(inputs), config, false, seconds)
        .then((properties) => ({ ...state, properties })),
    read: (state: State, inputs: Properties) => provider.read(urn, state, checked(inputs), config),
    delete: (state: State) => provider.delete(urn, state, config),
    checked,
  };
}

/** The failure after the object exists, and the state that the engine would record of it. */
async function partial(action: Promise<unknown>): Promise<PartialFailure> {
  const failure = await action.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof PartialFailure)) throw new Error(`no partial failure, but ${String(failure)}`);
  return failure;
}

const patch = (path: string, body: Properties) =>
  cluster.cluster.request({ method: "PATCH", path, contentType: "application/merge-patch+json", body });

/** Pods of an image; the stages let one whose name holds `never-ready` never get ready. */
const template = (app: string, image: string): Properties => ({
  selector: { matchLabels: { app } },
  template: {
    metadata: { labels: { app } },
    spec: { containers: [{ name: "main", image, resources: { limits: { cpu: "0.5" } } }] },
  },
});

test("an object is made, found as it is, found changed, and deleted; one that is there is not taken over", async () => {
  const { create, read, delete: remove, checked } = resource("core/v1:Secret", "plain");
  const inputs = { stringData: { a: secret("one"), b: "two" }, type: "Opaque" };
  const made = await create(inputs);
  expect(made.id).toBe("default/plain");
  await expect(create(inputs)).rejects.toThrow(
    /^Secret default\/plain is there already.*kubectl get secret plain -n default/,
  );
  expect((await read(made, inputs))?.inputs).toEqual(checked(inputs));
  await patch("/api/v1/namespaces/default/secrets/plain", { data: { a: Buffer.from("other").toString("base64") } });
  expect((await read(made, inputs))?.inputs.stringData).toEqual({ a: secret("other"), b: "two" });
  await remove(made);
  expect(await read(made, inputs)).toBeUndefined();
  await remove(made);
});

test("a Deployment is made and waited for, gets stuck with a bad image, and is ready at once when it is taken back", async () => {
  const { create, update, read, delete: remove, checked } = resource("apps/v1:Deployment", "web");
  const inputs = (image: string) => ({ spec: { ...template("web", image), replicas: 2, progressDeadlineSeconds: 3 } });
  const made = await create(inputs("web:1"));
  expect(object(made.properties.status).availableReplicas).toBe(2);
  expect((await read(made, inputs("web:1")))?.inputs, "0.5 CPU is 500m").toEqual(checked(inputs("web:1")));

  const failure = await partial(update(made, inputs("web:never-ready")));
  expect(failure.message).toMatch(
    /^Deployment web: failed\n {2}ProgressDeadlineExceeded: .*\n {2}pod web-\S+: container main: ImagePullBackOff/,
  );
  expect(failure.inputs).toEqual(checked(inputs("web:never-ready")));
  // What is recorded is what is there; a look at it fails again, so that no refresh makes it good.
  expect((await partial(read(failure, inputs("web:never-ready")))).message).toContain("ProgressDeadlineExceeded");
  expect((await partial(update(failure, inputs("web:never-ready")))).message, "without a change").toContain("Exceeded");

  const back = await update(failure, inputs("web:1"));
  expect(object(back.properties.status)).toMatchObject({ availableReplicas: 2, updatedReplicas: 2 });
  await remove(back);
  const left = list((await cluster.get("/api/v1/namespaces/default/pods")).items);
  expect(left, "what it owned is gone before it").toEqual([]);
}, 120_000);

test.each([
  ["one after the other, as usual: the pod that is stuck is deleted (kubernetes#67250)", "OrderedReady"],
  ["in parallel, as the platform's do: the controller replaces it", "Parallel"],
])(
  "a StatefulSet that is stuck is repaired, with pods %s",
  async (_, podManagementPolicy) => {
    const name = `store-${podManagementPolicy.toLowerCase()}`;
    const { create, update, delete: remove } = resource("apps/v1:StatefulSet", name);
    const inputs = (image: string) => ({
      spec: { ...template(name, image), replicas: 2, serviceName: name, podManagementPolicy },
    });
    const made = await create(inputs("store:1"));
    const failure = await partial(update(made, inputs("store:never-ready"), 4));
    expect(failure.message).toMatch(
      /^StatefulSet store-\w+: not ready within 4 s\n {2}1 of 2 replicas are new, 1 ready/,
    );
    const repaired = await update(failure, inputs("store:1"), 60);
    expect(object(repaired.properties.status)).toMatchObject({ readyReplicas: 2 });
    await remove(repaired);
  },
  120_000,
);

test("a Service is ready when its pods are; skipAwait asks for no waiting, timeoutSeconds for less", async () => {
  const { create, delete: remove } = resource("core/v1:Service", "front");
  const spec = { selector: { app: "front" }, ports: [{ port: 80 }] };
  const annotated = (key: string, value: string): Properties => ({
    metadata: { name: "front", annotations: { [`pulumi.com/${key}`]: value } },
    spec,
  });
  const failure = await partial(create(annotated("timeoutSeconds", "2")));
  expect(failure.message).toMatch(/^Service front: not ready within 2 s\n {2}it leads to no pods/);
  await remove(failure);
  const made = await create(annotated("skipAwait", "true"));
  expect(text(object(made.properties.spec).clusterIP)).toMatch(/^10\.96\./);
  await remove(made);
  const pods = resource("apps/v1:Deployment", "front");
  const [served, behind] = await Promise.all([create({ spec }), pods.create({ spec: template("front", "front:1") })]);
  await Promise.all([remove(served), pods.delete(behind)]);
}, 120_000);

test("a field that somebody else manages is a conflict, and is taken over where the program says so", async () => {
  const { create, update, delete: remove } = resource("core/v1:ConfigMap", "shared");
  const made = await create({ data: { a: "1" } });
  const path = "/api/v1/namespaces/default/configmaps/shared";
  expect((await patch(path, { data: { a: "2" } })).status).toBe(200);
  await expect(update(made, { data: { a: "3" } })).rejects.toThrow(/conflict.*\(409\)\. Somebody else manages/s);
  const forced = { metadata: { name: "shared", annotations: { "pulumi.com/patchForce": "true" } }, data: { a: "3" } };
  const taken = await update(made, forced);
  expect((await cluster.get(path)).data).toEqual({ a: "3" });
  await remove(taken);
});

test("what the official plugin has made is updated as what is ours: what the program leaves out goes", async () => {
  const { update, delete: remove } = resource("core/v1:ConfigMap", "plugins");
  const path = "/api/v1/namespaces/default/configmaps";
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "plugins" }, data: { a: "1", b: "2" } };
  await cluster.cluster.request({ method: "POST", path, query: { fieldManager: "pulumi-kubernetes" }, body });
  const state = { id: "default/plugins", properties: { __fieldManager: "pulumi-kubernetes-0a1b2c3d" } };
  const updated = await update(state, { data: { a: "3" } });
  expect((await cluster.get(`${path}/plugins`)).data).toEqual({ a: "3" });
  await remove(updated);
});

test("an interrupted wait ends at once, and what is there is recorded", async () => {
  const { create, delete: remove } = resource("apps/v1:Deployment", "slow");
  const creation = create({ spec: template("slow", "slow:never-ready") });
  setTimeout(() => provider.cancel(), 2_000);
  const failure = await partial(creation);
  expect(failure.message).toMatch(/^Deployment slow: the update was interrupted before it was ready/);
  await remove(failure);
}, 60_000);

test("a refusal is the server's own words, and nobody there is said with the way out", async () => {
  const elsewhere = resource("core/v1:ConfigMap", "lost").create({ metadata: { name: "lost", namespace: "nowhere" } });
  await expect(elsewhere).rejects.toThrow(
    /^ConfigMap nowhere\/lost is refused: namespaces "nowhere" not found \(404\)/,
  );
  const urn = "urn:pulumi:test::p::kubernetes:core/v1:ConfigMap::a";
  const nobody = {
    kubeconfig: JSON.stringify({
      "current-context": "n",
      contexts: [{ name: "n", context: { cluster: "n", user: "n" } }],
      clusters: [{ name: "n", cluster: { server: "https://127.0.0.1:9" } }],
      users: [{ name: "n", user: { token: "t" } }],
    }),
  };
  await expect(provider.create(urn, { metadata: { name: "a" } }, nobody, false)).rejects.toThrow(
    /^no Kubernetes API server answers at https:\/\/127\.0\.0\.1:9 \(ECONNREFUSED\)/,
  );
});
