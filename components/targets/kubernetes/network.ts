import {
  type Port,
  portNamed,
  protocolsOf,
  type VaultServer,
  vaultPort,
  type WorkloadSpec,
} from "../../workload/index.ts";
import { type Namespaces, namespaceOf, selectorLabels } from "./names.ts";

/** What a workload's policy is made of: the stack's workloads, and where they are. */
export interface NetworkPlan {
  readonly workloads: readonly WorkloadSpec[];
  readonly namespaces: Namespaces;
  readonly stack: string;
}

const tcp = (port: number) => ({ protocol: "TCP", port });
const opened = (port: Port) => protocolsOf(port).map((protocol) => ({ protocol, port: port.number }));

/** Addresses that each node answers for itself: no selector finds who does. */
const linkLocal = "169.254.0.0/16";

/** In force for every pod of a namespace: nothing in, nothing out but names. Each workload's own policy adds to it. */
export const namespacePolicySpec = {
  podSelector: {},
  policyTypes: ["Ingress", "Egress"],
  egress: [
    {
      to: [
        { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } },
        // NodeLocal DNSCache (169.254.20.10) and GKE's Cloud DNS (169.254.169.254).
        { ipBlock: { cidr: linkLocal } },
      ],
      ports: [{ protocol: "UDP", port: 53 }, tcp(53)],
    },
  ],
};

/** Exactly the connections that the specs state. Probes come from the pod's own node, which no policy stops. */
export const workloadPolicySpec = (spec: WorkloadSpec, plan: NetworkPlan) => ({
  podSelector: { matchLabels: selectorLabels(spec.name, plan.stack) },
  policyTypes: ["Ingress", "Egress"],
  ingress: ingressRules(spec, plan),
  egress: [
    ...platformEgress(spec, plan),
    ...(spec.internet ? [internetEgress] : []),
    ...(spec.kubernetesAccess !== undefined || asksSite(spec, plan) ? [httpsEgress] : []),
    ...(spec.cloudAccess === "log-store" ? [identityEgress] : []),
    ...(spec.agent === undefined ? [] : [vaultEgress(spec.agent.vault)]),
  ],
});

function ingressRules(spec: WorkloadSpec, plan: NetworkPlan) {
  return spec.ports.flatMap((port) => {
    const { name, exposure } = port;
    const ports = opened(port);
    // Customers come from anywhere, through an ingress controller or a load balancer.
    if (exposure === "public") return [{ ports }];
    const from = plan.workloads.filter(({ connectsTo }) =>
      connectsTo.some((connection) => connection.to === spec.name && connection.port === name),
    );
    return from.length === 0 ? [] : [{ from: from.map((source) => peer(source, plan)), ports }];
  });
}

const platformEgress = (spec: WorkloadSpec, plan: NetworkPlan) =>
  plan.workloads.flatMap((target) => {
    const ports = spec.connectsTo
      .filter(({ to }) => to === target.name)
      .flatMap(({ port }) => opened(portNamed(target, port)));
    return ports.length === 0 ? [] : [{ to: [peer(target, plan)], ports }];
  });

const peer = (spec: WorkloadSpec, { namespaces, stack }: NetworkPlan) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespaceOf(spec, namespaces) } },
  podSelector: { matchLabels: selectorLabels(spec.name, stack) },
});

/** Public addresses only: RFC 1918, shared (RFC 6598), loopback, link-local (cloud metadata), unique local and its IPv6 kin. */
const internetEgress = {
  to: [
    {
      ipBlock: {
        cidr: "0.0.0.0/0",
        except: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", linkLocal],
      },
    },
    { ipBlock: { cidr: "::/0", except: ["fc00::/7", "fe80::/10"] } },
  ],
};

/**
 * The API server has an address that only the cluster knows, and one of these ports behind its Service. So have who ends TLS
 * for the public name: a cluster leads its own pods past the load balancer, straight to the pod behind (kubernetes#108526).
 */
const httpsEgress = { ports: [tcp(443), tcp(6443), tcp(8443)] };

/** Who connects to a public port and to the internet asks for the site as customers do. */
const asksSite = ({ internet, connectsTo }: WorkloadSpec, { workloads }: NetworkPlan): boolean =>
  internet &&
  workloads.some(({ name, ports }) =>
    connectsTo.some(({ to, port }) => to === name && ports.some((it) => it.name === port && it.exposure === "public")),
  );

/** Where AWS gives a pod its rights, on each node: EKS' Pod Identity, and the node's role. */
const identityEgress = {
  to: ["169.254.170.23/32", "169.254.169.254/32"].map((cidr) => ({ ipBlock: { cidr } })),
  ports: [tcp(80)],
};

/** A pod's rules hold for all its containers. Where Vault is, its name alone says, unless the settings do. */
const vaultEgress = (vault: VaultServer) => ({
  ...(vault.cidr === undefined ? {} : { to: [{ ipBlock: { cidr: vault.cidr } }] }),
  ports: [tcp(vaultPort(vault))],
});
