import { expect, test } from "vitest";
import { deployment, dockerContainer, dockerService, taskDefinition } from "./example-resources.ts";
import { forbidPrivileges } from "./forbid-privileges.ts";
import type { ExampleResource } from "./policy.ts";
import { found } from "./testing.ts";
import { type Properties, UNKNOWN } from "./values.ts";

const pod = (change: Properties = {}, podSpec: Properties = {}): ExampleResource =>
  deployment(
    { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, ...change } },
    podSpec,
  );
const task = (change: Properties = {}, shared: Properties = {}): ExampleResource =>
  taskDefinition(
    {
      dockerSecurityOptions: ["no-new-privileges"],
      linuxParameters: { capabilities: { drop: ["ALL"] } },
      mountPoints: [{ sourceVolume: "socket", containerPath: "/run/docker.sock" }],
      ...change,
    },
    shared,
  );
const container = (change: Properties = {}): ExampleResource =>
  dockerContainer({ capabilities: { drops: ["ALL"] }, securityOpts: ["no-new-privileges:true"], ...change });

const SOCKET = { name: "socket", hostPath: { path: "/var/run/docker.sock" } };

test.each<[string, ExampleResource, RegExp]>([
  ["privileged", pod({ privileged: true }), /is privileged/],
  ["escalation that nobody forbids", pod({ allowPrivilegeEscalation: null }), /allowPrivilegeEscalation/],
  ["capabilities kept", pod({ capabilities: { drop: ["NET_RAW"] } }), /ALL is not dropped/],
  ["capabilities added", pod({ capabilities: { drop: ["ALL"], add: ["CAP_SYS_ADMIN"] } }), /capabilities SYS_ADMIN/],
  ["the host's network", pod({}, { hostNetwork: true }), /host's own network/],
  ["the host's processes", pod({}, { hostPID: true }), /host's own pid/],
  ["ecs: privileged", task({ privileged: true }), /is privileged/],
  ["ecs: no options", task({ dockerSecurityOptions: [] }), /no-new-privileges/],
  ["ecs: the host's network", task({}, { networkMode: "host" }), /host's own network/],
  [
    "ecs: the socket",
    task({}, { volumes: [{ name: "socket", hostPath: "/var/run/docker.sock" }] }),
    /runtime's socket/,
  ],
  ["docker: privileged", container({ privileged: true }), /is privileged/],
  ["docker: the host's ipc", container({ ipcMode: "host" }), /host's own ipc/],
  ["docker: the socket", container({ mounts: [{ source: "/run/containerd/containerd.sock" }] }), /runtime's socket/],
  ["docker: podman's socket", container({ mounts: [{ source: "/run/podman/podman.sock" }] }), /runtime's socket/],
  ["docker: cri-dockerd's", container({ volumes: [{ hostPath: "/run/cri-dockerd.sock" }] }), /runtime's socket/],
  ["swarm: the socket", dockerService({ mounts: [{ source: "/run/docker.sock" }] }), /runtime's socket/],
])("%s is found, and nothing else", (_, resource, problem) => {
  expect(found(forbidPrivileges, resource)).toEqual([expect.stringMatching(problem)]);
});

test.each<[string, ExampleResource]>([
  ["a low port", pod({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } })],
  ["a socket that the container does not mount", pod({}, { volumes: [SOCKET] })],
  [
    "Fargate, which has no such options",
    task({ dockerSecurityOptions: null }, { requiresCompatibilities: ["FARGATE"] }),
  ],
  ["a network of its own", container({ networkMode: "bridge" })],
])("%s passes", (_, resource) => {
  expect(found(forbidPrivileges, resource)).toEqual([]);
});

test("a reason is accepted, and said", () => {
  const labels = { "root-reason": "reads every process" };
  expect(found(forbidPrivileges, task({ dockerLabels: labels }, { pidMode: "host" }))).toEqual([
    "api! reads every process",
  ]);
});

test("a reason to be root is none to be privileged", () => {
  const labels = { "root-reason": "reads every process" };
  expect(found(forbidPrivileges, task({ privileged: true, dockerLabels: labels }, { pidMode: "host" }))).toEqual([
    expect.stringContaining("is privileged"),
    "api! reads every process",
  ]);
});

test("a reason of its own is accepted for privileged, and for that only", () => {
  const labels = { "acme/privileged-reason": "loads kernel modules" };
  expect(found(forbidPrivileges, task({ privileged: true, dockerLabels: labels }))).toEqual([
    "api! loads kernel modules",
  ]);
  expect(found(forbidPrivileges, task({ dockerLabels: labels }, { pidMode: "host" }))).toEqual([
    expect.stringContaining("host's own pid"),
  ]);
});

test("unknown values are named", () => {
  expect(found(forbidPrivileges, pod({ privileged: UNKNOWN }))).toEqual([
    "api? spec.template.spec.containers[0].securityContext.privileged",
  ]);
  expect(found(forbidPrivileges, container({ capabilities: { drops: [UNKNOWN] } }))).toEqual([
    "api? capabilities.drops[0]",
  ]);
});
