import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { findDrift } from "../../../cli/drift/find.ts";
import { openLive, runLive } from "../../../cli/engine/live.ts";
import type { TemporaryBackend } from "../../../offline/backend.ts";
import { list, number, object, type Properties, text } from "../../../offline/value.ts";
import { stubHome } from "../../engine/support.ts";
import { deployed } from "../../support/deployed.ts";
import { isReady, nodes, startCluster, type TestCluster } from "../../support/kubernetes/cluster.ts";
import { until } from "../../support/process.ts";
import { released } from "./program.ts";
import { productionOf } from "./stack.ts";

const everything = process.env.TEST_SIZE === "issue";

let cluster: TestCluster;
let home: TemporaryBackend;
// Building Kubernetes takes minutes, the first time.
beforeAll(async () => {
  cluster = await startCluster();
  home = await stubHome();
  vi.stubEnv("KUBECONFIG", cluster.kubeconfig);
  vi.stubEnv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true");
}, 3_600_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await cluster?.stop();
  await home?.remove();
});

const namespace = "trading-dev";
const production = (version: string) => productionOf(join(home.directory, "checkout"), version);
const up = async (version: string) => deployed(await production(version), "up");
const deployment = (name: string) => cluster.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
const pods = () => cluster.items(`/api/v1/namespaces/${namespace}/pods`);
const patch = (path: string, body: Properties) =>
  cluster.cluster.request({ method: "PATCH", path, contentType: "application/merge-patch+json", body });
const nameOf = ({ metadata }: Properties): string => text(object(metadata).name) ?? "";
const componentOf = ({ metadata }: Properties) => text(object(object(metadata).labels)["app.kubernetes.io/name"]) ?? "";

/** Versions of the application whose pods are ready, and how many, by workload. */
async function serving(): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>> {
  const found: Record<string, Record<string, number>> = {};
  for (const pod of (await pods()).filter(isReady)) {
    const component = componentOf(pod);
    const [container] = list(object(pod.spec).containers).map(object);
    const version = text(container?.image)?.split(":").at(-1) ?? "";
    if (!released.includes(component)) continue;
    found[component] = { ...found[component], [version]: (found[component]?.[version] ?? 0) + 1 };
  }
  return found;
}

/** The smallest numbers that production has. */
const all = (version: string) => ({ backend: { [version]: 3 }, worker: { [version]: 2 }, frontend: { [version]: 2 } });

const good = "1.0.0";
const bad = "1.1.0-never-ready";

test("production gets ready on a real API server: controllers, autoscalers, volumes, the way in", async () => {
  const outcome = await up(good);
  expect(outcome.refusal, outcome.printed).toBeUndefined();
  await until("the autoscalers' smallest numbers are ready", async () => {
    expect(await serving()).toEqual(all(good));
    return true;
  });
  for (const where of [namespace, `${namespace}-hosts`]) {
    const found = await cluster.items(`/api/v1/namespaces/${where}/pods`);
    expect(found.filter((pod) => !isReady(pod)).map(nameOf), where).toEqual([]);
    expect(found.length, where).toBeGreaterThanOrEqual(nodes.length);
  }
  const claims = await cluster.items(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`);
  expect(claims.length).toBeGreaterThan(3);
  expect(claims.map(({ status }) => object(status).phase)).toEqual(claims.map(() => "Bound"));
}, 300_000);

test("nothing drifts by itself; what somebody changed by hand is seen, at its place", async () => {
  const stackOf = await production(good);
  const budget = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/gateway`;
  const set = (maxUnavailable: number) => patch(budget, { spec: { maxUnavailable } });
  await set(2);
  expect(await findDrift(stackOf, {})).toEqual([
    {
      resource: "gateway",
      type: "kubernetes:policy/v1:PodDisruptionBudget",
      property: "spec.maxUnavailable",
      recorded: 1,
      real: 2,
    },
  ]);
  await set(1);
}, 300_000);

test("a release that never gets ready stays stuck under plain pulumi up, which fails and names the way back", async () => {
  const result = await runLive(await openLive(await production(bad)), "up");
  expect(result.outcome).toBe("failed");
  const failed = result.steps.filter(({ state }) => state === "failed").map(({ name }) => name);
  expect(failed.sort()).toEqual([...released].sort());
  const messages = result.diagnostics.map(({ message }) => message).join("\n");
  for (const name of released) {
    expect(messages).toMatch(new RegExp(`Deployment ${name}: failed\\n  ProgressDeadlineExceeded`));
    expect(messages).toContain(`${name}: failed, and is not taken back by itself; \`./platform up dev\` brings`);
    // What the alert DeploymentStuck sees (kube_deployment_status_condition).
    const conditions = list(object((await deployment(name)).status).conditions).map(object);
    const progressing = conditions.find(({ type }) => type === "Progressing");
    expect(progressing).toMatchObject({ status: "False", reason: "ProgressDeadlineExceeded" });
  }
  expect(messages).toMatch(/ImagePullBackOff: Back-off pulling image .*never-ready/);
  // Kubernetes never rolls back by itself; the old pods serve on.
  expect(await serving()).toEqual(all(good));
}, 300_000);

test("./platform up takes it back to the last good release, and fails with the reason", async () => {
  const failed = await up(bad);
  expect(failed.refusal).toMatch(/^dev: up failed/);
  expect(failed.printed).toContain("ProgressDeadlineExceeded");
  expect(failed.printed).toMatch(/^dev: taken back: the release of 2\S+( \([0-9a-f]{9}\))? is deployed again$/m);
  await until("nothing of the bad release is left", async () => {
    const left = (await pods()).filter(({ spec }) => JSON.stringify(spec).includes(bad));
    return left.length === 0 || undefined;
  });
  expect(await serving()).toEqual(all(good));
  if (everything) expect((await up(good)).printed).toContain("nothing to do");
}, 300_000);

test("a drain passes, one pod of a workload at a time: the budgets let it", async () => {
  const [node = ""] = nodes;
  await patch(`/api/v1/nodes/${node}`, { spec: { unschedulable: true } });
  const moved: string[] = [];
  await until("the node is empty", async () => {
    const there = (await pods()).filter((pod) => text(object(pod.spec).nodeName) === node && isEvictable(pod));
    for (const pod of there) {
      const name = nameOf(pod);
      const eviction = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
      const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
      const { status } = await cluster.cluster.request({ method: "POST", path: eviction, body });
      // 429: the budget says not now.
      expect([201, 404, 429]).toContain(status);
      if (status === 201) moved.push(name);
    }
    for (const budget of await cluster.items(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`)) {
      const { expectedPods, desiredHealthy } = object(budget.status);
      expect(number(desiredHealthy), nameOf(budget)).toBe((number(expectedPods) ?? 0) - 1);
    }
    return there.length === 0 || undefined;
  });
  expect(moved.length).toBeGreaterThan(0);
  await until("all is ready elsewhere", async () => {
    expect(await serving()).toEqual(all(good));
    return (await pods()).every(isReady) || undefined;
  });
}, 300_000);

/** A drain leaves pods of every host where they are. */
const isEvictable = ({ metadata }: Properties): boolean =>
  !list(object(metadata).ownerReferences).some((it) => object(it).kind === "DaemonSet");
