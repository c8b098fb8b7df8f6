import { byProtocol, type Port, type WorkloadSpec } from "../../workload/index.ts";
import { type Namespaces, namespaceOf, selectorLabels } from "./names.ts";
import type { KubernetesSection, PublicAccess } from "./section.ts";

const servicePorts = (port: Port) =>
  byProtocol(port).map(({ name, number, protocol }) => ({ name, port: number, targetPort: name, protocol }));

const publicPorts = ({ ports }: Pick<WorkloadSpec, "ports">): readonly Port[] =>
  ports.filter(({ exposure }) => exposure === "public");

/**
 * The name of a workload inside the cluster; undefined where it has no ports. The name of a stateful one, which has an
 * identity, leads to its pods without an address between (and is the Service that its StatefulSet asks for).
 */
export function serviceSpec(spec: WorkloadSpec, stack: string) {
  if (spec.ports.length === 0) return undefined;
  return {
    type: "ClusterIP",
    ...(spec.placement.kind === "stateful" ? { clusterIP: "None" } : {}),
    selector: selectorLabels(spec.name, stack),
    ports: spec.ports.flatMap(servicePorts),
  };
}

/** Every member has the same kind of address, also one in the hosts' namespace; undefined for the others. */
export function aliasSpec(
  spec: WorkloadSpec,
  namespaces: Namespaces,
  { clusterDomain }: Pick<KubernetesSection, "clusterDomain">,
) {
  const namespace = namespaceOf(spec, namespaces);
  if (namespace === namespaces.main || spec.ports.length === 0) return undefined;
  return { type: "ExternalName", externalName: `${spec.name}.${namespace}.svc.${clusterDomain}` };
}

/** The way in for customers past any Ingress; undefined where the stack has an Ingress or the workload no public port. */
export function loadBalancerSpec(spec: WorkloadSpec, stack: string, { kind }: PublicAccess) {
  const ports = publicPorts(spec);
  if (kind !== "load-balancer" || ports.length === 0) return undefined;
  return {
    type: "LoadBalancer",
    // Keeps the customer's address, which the gateway's log and header carry.
    externalTrafficPolicy: "Local",
    selector: selectorLabels(spec.name, stack),
    ports: ports.flatMap(servicePorts),
  };
}

/** The port behind an Ingress: the public one for plain HTTP; undefined where there is no public port or no Ingress. */
export function ingressPort(spec: WorkloadSpec, { kind }: PublicAccess): Port | undefined {
  const ports = publicPorts(spec);
  return kind === "ingress" ? (ports.find(({ name }) => name === "http") ?? ports[0]) : undefined;
}

/**
 * Ends TLS and leads everything to one port over plain HTTP: every ingress controller can, while how to reach a backend
 * over TLS is different in each.
 */
export const ingressSpec = <SecretName>(
  service: string,
  port: Port,
  { className, domains, certificate }: IngressPlan<SecretName>,
) => ({
  ...(className === undefined ? {} : { ingressClassName: className }),
  tls: [{ hosts: [...domains], secretName: certificate }],
  rules: domains.map((host) => ({
    host,
    http: {
      paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: service, port: { name: port.name } } } }],
    },
  })),
});

interface IngressPlan<SecretName> {
  readonly className: string | undefined;
  readonly domains: readonly string[];
  /** Name of the Secret with the certificate of all of them. */
  readonly certificate: SecretName;
}
