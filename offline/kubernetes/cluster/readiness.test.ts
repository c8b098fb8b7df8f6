import { describe, expect, test } from "vitest";
import type { Properties } from "../../value.ts";
import { judgeOf, podProblems } from "./readiness.ts";
import { isStuck } from "./stuck-pods.ts";

/** The state, and the first reason. */
function verdict(kind: string, live: Properties, related: readonly Properties[] = [], before?: Properties) {
  const judge = judgeOf({
    apiVersion: kind.slice(0, kind.lastIndexOf("/")),
    kind: kind.slice(kind.lastIndexOf("/") + 1),
  });
  const { state, reasons } = judge?.(live, related, before) ?? { state: "none", reasons: [] };
  return [state, reasons[0]].filter((it) => it !== undefined).join(": ");
}

describe("a Deployment", () => {
  const progressing = (status: string, lastUpdateTime = "1") => ({
    type: "Progressing",
    status,
    reason: status === "False" ? "ProgressDeadlineExceeded" : "ReplicaSetUpdated",
    message: "m",
    lastUpdateTime,
  });
  const deployment = (status: Properties, generation = 2): Properties => ({
    metadata: { generation },
    spec: { replicas: 2 },
    status: { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2, ...status },
  });
  const judge = (live: Properties, before?: Properties) => verdict("apps/v1/Deployment", live, [], before);

  test("is ready when all are new, available and alone, and the controller has seen it", () => {
    expect(judge(deployment({}))).toBe("ready");
    expect(judge(deployment({}, 3))).toMatch("waiting: the deployment controller has not looked");
    expect(judge(deployment({ replicas: 3 }))).toMatch("waiting");
    expect(judge(deployment({ availableReplicas: 1 }))).toBe("waiting: 2 of 2 replicas are new, 1 available");
    expect(judge({ metadata: {}, spec: { replicas: 0 }, status: {} })).toBe("ready");
  });

  test("failed when the controller gave up, but not by the verdict on the template before", () => {
    const stuck = deployment({ updatedReplicas: 1, conditions: [progressing("False")] });
    expect(judge(stuck)).toBe("failed: ProgressDeadlineExceeded: m");
    expect(judge(stuck, stuck)).toMatch("waiting");
    expect(judge(stuck, deployment({ conditions: [progressing("False", "0")] }))).toMatch("failed");
    expect(judge(deployment({ conditions: [progressing("False")] })), "late, but there").toBe("ready");
  });
});

test("a StatefulSet is ready when its revision is rolled out; with OnDelete when its pods are ready", () => {
  const set = (status: Properties, updateStrategy: Properties = {}): Properties => ({
    metadata: { generation: 1 },
    spec: { replicas: 1, updateStrategy },
    status: { observedGeneration: 1, replicas: 1, readyReplicas: 1, ...status },
  });
  const rolling = { updateRevision: "b", currentRevision: "a" };
  const judge = (live: Properties) => verdict("apps/v1/StatefulSet", live);
  expect(judge(set({ updateRevision: "b", currentRevision: "b" }))).toBe("ready");
  expect(judge(set(rolling))).toMatch("waiting");
  expect(judge(set({ ...rolling, readyReplicas: 0 }, { type: "OnDelete" }))).toMatch("waiting");
  expect(judge(set(rolling, { type: "OnDelete" }))).toBe("ready");
});

test("a DaemonSet is ready when each host has the new pod", () => {
  const set = (numberReady: number): Properties => ({
    metadata: { generation: 1 },
    status: {
      observedGeneration: 1,
      ...{ desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 },
      numberReady,
    },
  });
  expect(verdict("apps/v1/DaemonSet", set(2))).toBe("ready");
  expect(verdict("apps/v1/DaemonSet", set(1))).toBe("waiting: 2 of 2 pods are new, 1 ready");
  expect(verdict("apps/v1/DaemonSet", { metadata: { generation: 1 } })).toMatch("not looked");
});

test("a Service is ready when every pod behind it is, unless nobody is meant to be behind it", () => {
  const slice = (...ready: readonly boolean[]): Properties => ({
    endpoints: ready.map((it) => ({ conditions: { ready: it } })),
  });
  const judge = (spec: Properties, ...slices: readonly Properties[]) =>
    verdict("v1/Service", { spec, status: {} }, slices);
  const selector = { app: "a" };
  expect(judge({ selector }, slice(true), slice(true))).toBe("ready");
  expect(judge({ selector }, slice(true, false))).toBe("waiting: 1 of 2 pods behind it are not ready");
  expect(judge({ selector })).toMatch("waiting: it leads to no pods");
  for (const spec of [{}, { selector, clusterIP: "None" }, { type: "ExternalName" }]) expect(judge(spec)).toBe("ready");
  expect(judge({ selector, type: "LoadBalancer" }, slice(true))).toMatch("no load balancer");
});

test.each<[string, Properties, string]>([
  ["v1/Pod", { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } }, "ready"],
  ["v1/Pod", { status: { phase: "Running" } }, "waiting: it is Running"],
  ["v1/Pod", { status: { phase: "Failed" } }, "failed: it failed"],
  [
    "batch/v1/Job",
    { status: { conditions: [{ type: "Failed", status: "True", reason: "R", message: "m" }] } },
    "failed: R: m",
  ],
  ["batch/v1/Job", { status: { succeeded: 1 } }, "waiting: 1 of its pods succeeded"],
  ["v1/PersistentVolumeClaim", { status: { phase: "Pending" } }, "waiting: it is Pending"],
  ["networking.k8s.io/v1/Ingress", { status: { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } } }, "ready"],
  ["v1/ConfigMap", {}, "none"],
])("%s %j: %s", (kind, live, expected) => {
  expect(verdict(kind, live)).toBe(expected);
});

test("a claim whose class waits for a pod is ready without one", () => {
  const claim = { status: { phase: "Pending" } };
  expect(verdict("v1/PersistentVolumeClaim", claim, [{ volumeBindingMode: "WaitForFirstConsumer" }])).toBe("ready");
});

test("what keeps a pod from being ready is told: no host, no image, an end", () => {
  const status = {
    conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/2 nodes" }],
    containerStatuses: [
      { name: "a", ready: false, state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } } },
      { name: "b", ready: false, state: { terminated: { exitCode: 3, message: "out of luck" } } },
      { name: "c", ready: true, state: { running: {} }, lastState: { terminated: { exitCode: 1 } } },
    ],
  };
  expect(podProblems({ status })).toEqual([
    "Unschedulable: 0/2 nodes",
    "container a: ImagePullBackOff: no such image",
    "container b: exit code 3, out of luck",
  ]);
});

test("only a pod of another revision that is not ready is in the way", () => {
  const pod = (revision: string, ready: string): Properties => ({
    metadata: { labels: { "controller-revision-hash": revision } },
    status: { conditions: [{ type: "Ready", status: ready }] },
  });
  expect(isStuck(pod("old", "False"), "new")).toBe(true);
  expect(isStuck(pod("old", "True"), "new")).toBe(false);
  expect(isStuck(pod("new", "False"), "new")).toBe(false);
});
