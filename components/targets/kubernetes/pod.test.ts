import { describe, expect, test } from "vitest";
import { workload } from "../../workload/index.ts";
import { podTemplate } from "./pod.ts";
import { backend, database, gateway, promtail, samples } from "./samples.ts";

const stack = { stack: "prod", environment: "production" } as const;
const pod = (spec: typeof gateway) => podTemplate(spec, stack, { configMap: "config-1", secret: "secret-1" }).spec;
const container = (spec: typeof gateway) => {
  const [only, ...more] = pod(spec).containers;
  if (only === undefined || more.length > 0) throw new Error("one container is expected");
  return only;
};

describe("probes", () => {
  test("are native, with every timing stated", () => {
    expect(container(backend)).toMatchObject({
      livenessProbe: {
        httpGet: { path: "/health/live", port: "http", scheme: "HTTP" },
        initialDelaySeconds: 0,
        periodSeconds: 15,
        timeoutSeconds: 5,
        failureThreshold: 4,
        successThreshold: 1,
      },
      readinessProbe: { httpGet: { path: "/health/ready" }, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 3 },
      startupProbe: { tcpSocket: { port: "http" }, periodSeconds: 5, failureThreshold: 24 },
    });
  });

  test("run a command as it stands; there is no startup probe where none is stated", () => {
    expect(container(database)).toMatchObject({ livenessProbe: { exec: { command: ["pg_ctl", "status"] } } });
    expect(container(database)).not.toHaveProperty("startupProbe");
  });
});

describe("security", () => {
  test.each(samples.map((spec) => [spec.name, spec] as const))("%s is confined", (_name, spec) => {
    expect(container(spec).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(pod(spec).securityContext.seccompProfile).toEqual({ type: "RuntimeDefault" });
    expect(pod(spec).enableServiceLinks).toBe(false);
  });

  test("a stated user is the pod's, and owns what is mounted", () => {
    expect(pod(gateway).securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 101,
      runAsGroup: 102,
      fsGroup: 102,
      fsGroupChangePolicy: "OnRootMismatch",
    });
  });

  test("a low port needs a sysctl, no capability, and only where there is one", () => {
    expect(pod(gateway).securityContext.sysctls).toEqual([
      { name: "net.ipv4.ip_unprivileged_port_start", value: "80" },
    ]);
    expect(pod(backend).securityContext).not.toHaveProperty("sysctls");
  });

  test("root says why", () => {
    const { metadata, spec } = podTemplate(promtail, stack, { configMap: undefined, secret: undefined });
    expect(metadata.annotations).toEqual({
      "trading-platform/root-reason": "container logs are readable by root alone",
    });
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: false, runAsUser: 0 });
  });

  test("only who reads the Kubernetes API has a token", () => {
    expect(pod(promtail).automountServiceAccountToken).toBe(true);
    expect(pod(gateway).automountServiceAccountToken).toBe(false);
  });
});

describe("stopping", () => {
  test("a pod behind a Service answers until everybody knows that it leaves, and then has the stated time", () => {
    expect(container(backend).lifecycle).toEqual({ preStop: { sleep: { seconds: 5 } } });
    expect(pod(backend).terminationGracePeriodSeconds).toBe(35);
  });

  test("a pod behind a load balancer answers until its health checks have failed: AWS' take three times 10 s", () => {
    expect(container(gateway).lifecycle).toEqual({ preStop: { sleep: { seconds: 30 } } });
    expect(pod(gateway).terminationGracePeriodSeconds).toBe(60);
  });

  test("the owner of a volume stops at once", () => {
    expect(container(database)).not.toHaveProperty("lifecycle");
    expect(pod(database).terminationGracePeriodSeconds).toBe(30);
  });
});

test("what Kubernetes would expand stays as it was stated", () => {
  const spec = workload({ ...backend, args: ["$(A)", "$A", "$$", "$$(A)", "a$"] });
  expect(container(spec).args).toEqual(["$$(A)", "$A", "$$$", "$$$$(A)", "a$"]);
  expect(container(spec).args.map(expanded)).toEqual(spec.args);
  expect(container(spec).env).toContainEqual({ name: "PRICE", value: "5$$(USD)" });
});

/** As Kubernetes reads it (third_party/forked/golang/expansion), for a text without any known variable. */
const expanded = (text: string): string => text.replace(/\$(\$|\(\w+\))/g, (all, next) => (next === "$" ? "$" : all));

test("secrets are variables by reference", () => {
  expect(container(backend).env).toContainEqual({
    name: "DATABASE_PASSWORD",
    valueFrom: { secretKeyRef: { name: "secret-1", key: "DATABASE_PASSWORD" } },
  });
});

test("volumes: scratch in memory with its size, host folders read-only as stated, persistent ones by claim", () => {
  expect(pod(gateway).volumes).toContainEqual({ name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } });
  expect(pod(promtail).volumes).toContainEqual({
    name: "positions",
    hostPath: { path: "/var/lib/positions", type: "DirectoryOrCreate" },
  });
  expect(container(promtail).volumeMounts).toContainEqual({
    name: "pods",
    mountPath: "/var/log/pods",
    readOnly: true,
    mountPropagation: "HostToContainer",
  });
  expect(pod(database).volumes.map(({ name }) => name)).toEqual(["files-0"]);
  expect(container(database).volumeMounts).toContainEqual({
    name: "data",
    mountPath: "/var/lib/postgresql/data",
    readOnly: false,
  });
});

test("a release's version restarts only what it changes", () => {
  const labels = podTemplate(database, stack, { configMap: undefined, secret: undefined }).metadata.labels;
  expect(labels).toMatchObject({ "app.kubernetes.io/version": "17.6-alpine", "app.kubernetes.io/name": "database" });
});

test("stateless pods spread over zones and hosts, what watches hosts runs on each", () => {
  expect(pod(gateway).topologySpreadConstraints?.map(({ topologyKey }) => topologyKey)).toEqual([
    "topology.kubernetes.io/zone",
    "kubernetes.io/hostname",
  ]);
  expect(pod(promtail).tolerations).toEqual([{ operator: "Exists" }]);
  expect(pod(gateway)).not.toHaveProperty("tolerations");
});

test("no pod is sent to a host that runs Windows, whose taint is tolerated by what runs on each", () => {
  for (const spec of samples) expect(pod(spec).nodeSelector).toEqual({ "kubernetes.io/os": "linux" });
});
