import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WorkloadSpec } from "../../workload/index.ts";
import { namespacesOf } from "./names.ts";
import { namespacePolicySpec, workloadPolicySpec } from "./network.ts";
import { backend, database, gateway, prometheus, promtail, samples } from "./samples.ts";

const plan = (workloads: readonly WorkloadSpec[]) => ({
  workloads,
  namespaces: namespacesOf("prod", {}),
  stack: "prod",
});
const policy = (spec: WorkloadSpec) => workloadPolicySpec(spec, plan(samples));
const peer = (name: string, namespace = "trading-prod") => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": "prod" } },
});

describe("a workload's network policy", () => {
  test("lets in who states the connection, on that port only", () => {
    expect(policy(database).ingress).toEqual([{ from: [peer("backend")], ports: [{ protocol: "TCP", port: 5432 }] }]);
  });

  test("reaches across the two namespaces", () => {
    expect(policy(promtail).ingress).toEqual([
      { from: [peer("prometheus")], ports: [{ protocol: "TCP", port: 9080 }] },
    ]);
    expect(policy(prometheus).egress).toContainEqual({
      to: [peer("promtail", "trading-prod-hosts")],
      ports: [{ protocol: "TCP", port: 9080 }],
    });
  });

  test("lets customers in from anywhere, on public ports", () => {
    expect(policy(gateway).ingress).toEqual([
      { ports: [{ protocol: "TCP", port: 443 }] },
      { ports: [{ protocol: "TCP", port: 80 }] },
    ]);
  });

  test("lets out to the internet only who states it, and never to private addresses or cloud metadata", () => {
    const blocks = (spec: WorkloadSpec) => JSON.stringify(policy(spec).egress);
    expect(blocks(backend)).toContain('"cidr":"0.0.0.0/0"');
    for (const range of ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7"]) {
      expect(blocks(backend)).toContain(range);
    }
    expect(blocks(gateway)).not.toContain("cidr");
  });

  const anywhere = { ports: [443, 6443, 8443].map((port) => ({ protocol: "TCP", port })) };

  test("lets out to the API server only who reads it", () => {
    expect(policy(prometheus).egress).toContainEqual(anywhere);
    expect(policy(backend).egress).not.toContainEqual(anywhere);
  });

  test("lets out to the public name who asks for it: the cluster may lead there by addresses that are not public", () => {
    const prober = { ...backend, connectsTo: [{ to: "gateway", port: "http" }] };
    expect(policy(prober).egress).toContainEqual(anywhere);
    expect(policy({ ...prober, internet: false }).egress).not.toContainEqual(anywhere);
  });

  test("lets out to where the cloud gives rights only who has some, on that port only", () => {
    const identity = {
      to: [{ ipBlock: { cidr: "169.254.170.23/32" } }, { ipBlock: { cidr: "169.254.169.254/32" } }],
      ports: [{ protocol: "TCP", port: 80 }],
    };
    expect(policy({ ...backend, cloudAccess: "log-store" }).egress).toContainEqual(identity);
    expect(policy(backend).egress).not.toContainEqual(identity);
  });
});

test("names are asked for in the cluster, and where each node answers for itself, which no selector finds", () => {
  expect(namespacePolicySpec.egress).toEqual([
    {
      to: [
        { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } },
        { ipBlock: { cidr: "169.254.0.0/16" } },
      ],
      ports: [
        { protocol: "UDP", port: 53 },
        { protocol: "TCP", port: 53 },
      ],
    },
  ]);
});

interface Peer {
  readonly ipBlock?: unknown;
  readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number }[];
}

test("whatever is connected, both ends say the same", () => {
  const base = [database, backend, gateway, promtail, prometheus];
  const edge = fc.record({ from: fc.nat(base.length - 1), to: fc.nat(base.length - 1) });
  fc.assert(
    fc.property(fc.uniqueArray(edge, { maxLength: 12, selector: ({ from, to }) => `${from} ${to}` }), (edges) => {
      const workloads = base.map((spec, index) => ({
        ...spec,
        ports: spec.ports.map((port) => ({ ...port, exposure: "internal" as const })),
        internet: false,
        connectsTo: edges
          .filter(({ from }) => from === index)
          .flatMap(({ to }) => (base[to]?.ports ?? []).map((port) => ({ to: base[to]?.name ?? "", port: port.name }))),
      }));
      const flows = (direction: "ingress" | "egress") =>
        workloads.flatMap((spec) => {
          const rules: readonly Rule[] = workloadPolicySpec(spec, plan(workloads))[direction];
          return rules.flatMap(({ from = [], to = [], ports = [] }) =>
            [...from, ...to].flatMap(({ podSelector }) => {
              const other = podSelector?.matchLabels["app.kubernetes.io/name"] ?? "?";
              const [source, target] = direction === "egress" ? [spec.name, other] : [other, spec.name];
              return ports.map(({ port }) => `${source} → ${target}:${port}`);
            }),
          );
        });
      expect(flows("ingress").sort()).toEqual(flows("egress").sort());
      const stated = workloads.flatMap((spec) => spec.connectsTo.map(({ to }) => `${spec.name} → ${to}`));
      expect(new Set(flows("egress").map((flow) => flow.split(":")[0]))).toEqual(new Set(stated));
    }),
  );
});
