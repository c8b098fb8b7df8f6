import { beforeAll, describe, expect, test } from "vitest";
import { workload } from "../../workload/index.ts";
import { backend, database, gateway } from "./samples.ts";
import { type Asked, askedFor } from "./testing.ts";

let all: readonly Asked[];
beforeAll(async () => {
  all = await askedFor();
});

const named = (type: string, name: string, from = all) => {
  const found = from.find((asked) => asked.type === `kubernetes:${type}` && asked.name === name);
  if (found === undefined) throw new Error(`nothing asked for ${type} ${name}`);
  return found.inputs;
};
const has = (type: string, name: string, from = all) =>
  from.some((asked) => asked.type === `kubernetes:${type}` && asked.name === name);

describe("namespaces", () => {
  test("admit only restricted pods, but for what reads hosts", () => {
    expect(named("core/v1:Namespace", "trading-prod").metadata).toMatchObject({
      name: "trading-prod",
      labels: { "pod-security.kubernetes.io/enforce": "restricted", "trading-platform/environment": "production" },
    });
    expect(named("core/v1:Namespace", "trading-prod-hosts").metadata).toMatchObject({
      labels: { "pod-security.kubernetes.io/enforce": "privileged" },
    });
    expect(named("apps/v1:DaemonSet", "promtail").metadata).toMatchObject({ namespace: "trading-prod-hosts" });
    expect(named("apps/v1:StatefulSet", "database").metadata).toMatchObject({ namespace: "trading-prod" });
  });

  test("let nothing in, and nothing out but names", () => {
    for (const namespace of ["trading-prod", "trading-prod-hosts"]) {
      expect(named("networking.k8s.io/v1:NetworkPolicy", `${namespace}-default`)).toMatchObject({
        metadata: { namespace },
        spec: {
          podSelector: {},
          policyTypes: ["Ingress", "Egress"],
          egress: [{ ports: [{ port: 53 }, { port: 53 }] }],
        },
      });
    }
  });
});

describe("a stateless workload", () => {
  test("rolls as stated, with a deadline and revisions to go back to", () => {
    expect(named("apps/v1:Deployment", "gateway").spec).toMatchObject({
      replicas: 2,
      revisionHistoryLimit: 9,
      progressDeadlineSeconds: 300,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: { "app.kubernetes.io/name": "gateway", "app.kubernetes.io/instance": "prod" } },
    });
  });

  test("scaled by itself, leaves its number to the autoscaler", () => {
    expect(named("apps/v1:Deployment", "backend").spec).not.toHaveProperty("replicas");
    expect(named("autoscaling/v2:HorizontalPodAutoscaler", "backend").spec).toMatchObject({
      scaleTargetRef: { kind: "Deployment", name: "backend" },
      minReplicas: 2,
      maxReplicas: 6,
      metrics: [{ resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } } }],
    });
  });

  test("has a disruption budget that every drain can meet", () => {
    expect(named("policy/v1:PodDisruptionBudget", "gateway").spec).toMatchObject({ maxUnavailable: 1 });
    expect(has("policy/v1:PodDisruptionBudget", "database")).toBe(false);
    expect(has("policy/v1:PodDisruptionBudget", "promtail")).toBe(false);
  });
});

describe("a stateful workload", () => {
  test("claims its volume and keeps it, and repairs a broken update by the next", () => {
    expect(named("apps/v1:StatefulSet", "database").spec).toMatchObject({
      replicas: 1,
      serviceName: "database",
      podManagementPolicy: "Parallel",
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      volumeClaimTemplates: [
        {
          metadata: {
            name: "data",
            labels: { "app.kubernetes.io/name": "database", "app.kubernetes.io/instance": "prod" },
          },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "20Gi" } } },
        },
      ],
    });
    expect(named("core/v1:Service", "database").spec).toMatchObject({ clusterIP: "None" });
  });

  test("takes the settings' storage class", async () => {
    const asked = await askedFor({ members: [database] }, { storageClass: "fast" });
    expect(named("apps/v1:StatefulSet", "database", asked).spec).toMatchObject({
      volumeClaimTemplates: [{ spec: { storageClassName: "fast" } }],
    });
  });
});

describe("a workload once a host", () => {
  test("is replaced host after host", () => {
    expect(named("apps/v1:DaemonSet", "promtail").spec).toMatchObject({
      revisionHistoryLimit: 9,
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
    });
  });

  test("has the same kind of address as the others", () => {
    expect(named("core/v1:Service", "promtail-alias")).toMatchObject({
      metadata: { name: "promtail", namespace: "trading-prod" },
      spec: { type: "ExternalName", externalName: "promtail.trading-prod-hosts.svc.cluster.local" },
    });
  });

  test("may read what it states, in both namespaces, and nothing else", () => {
    for (const [name, namespace] of [
      ["promtail-main", "trading-prod"],
      ["promtail-hosts", "trading-prod-hosts"],
    ] as const) {
      expect(named("rbac.authorization.k8s.io/v1:Role", name)).toMatchObject({
        metadata: { name: "promtail", namespace },
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
      });
      expect(named("rbac.authorization.k8s.io/v1:RoleBinding", name).subjects).toEqual([
        { kind: "ServiceAccount", name: "promtail", namespace: "trading-prod-hosts" },
      ]);
    }
    expect(has("rbac.authorization.k8s.io/v1:Role", "backend-main")).toBe(false);
  });
});

test("rights in the whole cluster bear the stack's name", () => {
  expect(named("rbac.authorization.k8s.io/v1:ClusterRole", "prometheus")).toMatchObject({
    metadata: { name: "trading-prod-prometheus" },
    rules: [
      { apiGroups: [""], resources: ["pods"] },
      { apiGroups: ["apps"], resources: ["deployments"] },
    ],
  });
});

describe("files and secrets", () => {
  test("a changed file is another ConfigMap, in the tree as well", async () => {
    const changed = workload({ ...gateway, files: [{ path: "/etc/gateway/nginx.conf", content: "events { }\n" }] });
    const names = (asked: readonly Asked[]) =>
      asked.filter(({ type }) => type.endsWith(":ConfigMap")).map(({ name }) => name);
    const [before] = names(await askedFor({ members: [gateway] }));
    const [after] = names(await askedFor({ members: [changed] }));
    expect(before).toMatch(/^gateway-[0-9a-f]{10}$/);
    expect(after).not.toBe(before);
    expect(named("core/v1:ConfigMap", before ?? "").immutable).toBe(true);
  });

  test("a Secret has no name of ours, so that a changed value is another object, and pods follow it", () => {
    const secret = named("core/v1:Secret", "backend-secrets");
    expect(secret.metadata).not.toHaveProperty("name");
    expect(JSON.stringify(named("apps/v1:Deployment", "backend"))).toContain(
      '"secretKeyRef":{"key":"DATABASE_PASSWORD","name":"backend-secrets-0a1b2c3d"}',
    );
  });

  test("values stand in Secrets alone, marked as secret", () => {
    const elsewhere = all.filter(({ type }) => type !== "kubernetes:core/v1:Secret");
    expect(JSON.stringify(elsewhere)).not.toContain("value of");
    for (const { inputs } of all.filter(({ type }) => type === "kubernetes:core/v1:Secret")) {
      // The mark of a secret on the way to the engine (pulumi/sdk, specialSigKey).
      expect(inputs.stringData).toMatchObject({
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      });
    }
  });

  test("images are pulled with the user's password, in both namespaces", async () => {
    const asked = await askedFor({ members: [backend, database], registryUser: "robot" });
    expect(named("core/v1:Secret", "trading-prod-registry", asked).type).toBe("kubernetes.io/dockerconfigjson");
    expect(named("core/v1:ServiceAccount", "backend", asked).imagePullSecrets).toEqual([
      { name: "trading-prod-registry-0a1b2c3d" },
    ]);
    expect(has("core/v1:Secret", "trading-prod-hosts-registry", asked)).toBe(true);
  });
});

describe("public access", () => {
  test("is by an Ingress with the platform's certificate, to the plain port of the gateway alone", () => {
    expect(named("networking.k8s.io/v1:Ingress", "gateway").spec).toEqual({
      tls: [{ hosts: ["trading.example.com"], secretName: "gateway-tls-0a1b2c3d" }],
      rules: [
        {
          host: "trading.example.com",
          http: {
            paths: [
              { path: "/", pathType: "Prefix", backend: { service: { name: "gateway", port: { name: "http" } } } },
            ],
          },
        },
      ],
    });
    expect(all.filter(({ type }) => type.endsWith(":Ingress"))).toHaveLength(1);
  });

  test("knows every name that leads there", async () => {
    const others = ["grafana.trading.example.com"];
    const { spec } = named("networking.k8s.io/v1:Ingress", "gateway", await askedFor({ otherDomains: others }));
    expect(spec).toMatchObject({
      tls: [{ hosts: ["trading.example.com", ...others] }],
      rules: [{ host: "trading.example.com" }, { host: "grafana.trading.example.com" }],
    });
  });

  test("leaves the certificate to cert-manager where an issuer is named", async () => {
    const publicAccess = { kind: "ingress", class: "nginx", clusterIssuer: "letsencrypt" };
    const asked = await askedFor({ members: [gateway] }, { publicAccess });
    expect(named("networking.k8s.io/v1:Ingress", "gateway", asked)).toMatchObject({
      metadata: { annotations: { "cert-manager.io/cluster-issuer": "letsencrypt" } },
      spec: { ingressClassName: "nginx", tls: [{ secretName: "gateway-tls" }] },
    });
    expect(has("core/v1:Secret", "gateway-tls", asked)).toBe(false);
  });

  test("is by a load balancer of its own where the settings say so", async () => {
    const publicAccess = { kind: "load-balancer", annotations: { "example.com/scheme": "public" } };
    const asked = await askedFor({ members: [gateway, backend, database] }, { publicAccess });
    expect(named("core/v1:Service", "gateway-public", asked)).toMatchObject({
      metadata: { name: "gateway-public", annotations: publicAccess.annotations },
      spec: { type: "LoadBalancer", ports: [{ port: 443 }, { port: 80 }] },
    });
    expect(asked.some(({ type }) => type.endsWith(":Ingress"))).toBe(false);
    expect(named("core/v1:Service", "gateway", asked).spec).toMatchObject({ type: "ClusterIP" });
  });
});

test("every object bears the stack's labels, and no selector a version", () => {
  for (const { inputs, name } of all) {
    expect(inputs.metadata, name).toMatchObject({
      labels: {
        "app.kubernetes.io/instance": "prod",
        "app.kubernetes.io/part-of": "trading-platform",
        "app.kubernetes.io/managed-by": "pulumi",
        "trading-platform/environment": "production",
      },
    });
  }
  const selectors = JSON.stringify(all).match(/"(?:matchLabels|selector)":\{[^}]*\}/g) ?? [];
  expect(selectors.length).toBeGreaterThan(10);
  expect(selectors.filter((selector) => selector.includes("version"))).toEqual([]);
});
