import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Port } from "../../../workload/index.ts";
import type { PublicAccess } from "../section.ts";
import { aliasSpec, ingressPort, ingressSpec, loadBalancerSpec, serviceSpec } from "../services.ts";
import type { Placed } from "./placed.ts";

/** The rollout of the pods is awaited already; a Service would only say once more when they are ready. */
const notAwaited = { "pulumi.com/skipAwait": "true" };

/** A workload's name inside the cluster, and the way in for customers where it has public ports. */
export function makeServices(placed: Placed): void {
  const { spec, stack, metadata, options } = placed;
  const { stack: stackName } = stack.context;
  const service = serviceSpec(spec, stackName);
  if (service !== undefined) {
    new kubernetes.core.v1.Service(
      spec.name,
      { metadata: { ...metadata(), annotations: notAwaited }, spec: service },
      options(),
    );
  }
  const alias = aliasSpec(spec, stack.namespaces, stack.section);
  if (alias !== undefined) {
    new kubernetes.core.v1.Service(
      `${spec.name}-alias`,
      { metadata: { ...metadata(), namespace: stack.namespaces.main, annotations: notAwaited }, spec: alias },
      options(),
    );
  }
  makePublicAccess(placed);
}

function makePublicAccess(placed: Placed): void {
  const { spec, stack, metadata, options } = placed;
  const { publicAccess } = stack.section;
  const { annotations } = publicAccess;
  const balancer = loadBalancerSpec(spec, stack.context.stack, publicAccess);
  if (balancer !== undefined) {
    const name = `${spec.name}-public`;
    new kubernetes.core.v1.Service(name, { metadata: { ...metadata(name), annotations }, spec: balancer }, options());
  }
  const port = ingressPort(spec, publicAccess);
  if (port !== undefined && publicAccess.kind === "ingress") makeIngress(placed, port, publicAccess);
}

function makeIngress(placed: Placed, port: Port, access: Extract<PublicAccess, { kind: "ingress" }>): void {
  const { spec, stack, metadata, options } = placed;
  const { clusterIssuer } = access;
  const { domain, otherDomains } = stack.context;
  const annotations = clusterIssuer === undefined ? {} : { "cert-manager.io/cluster-issuer": clusterIssuer };
  const certificate = clusterIssuer === undefined ? makeCertificate(placed) : `${spec.name}-tls`;
  new kubernetes.networking.v1.Ingress(
    spec.name,
    {
      metadata: { ...metadata(), annotations: { ...annotations, ...access.annotations } },
      spec: ingressSpec(spec.name, port, { className: access.class, domains: [domain, ...otherDomains], certificate }),
    },
    options(),
  );
}

/** The platform's own certificate, as an Ingress wants it. */
function makeCertificate({ spec, stack, metadata, options }: Placed): pulumi.Output<string> {
  const { namespace, labels } = metadata();
  const { secretValue } = stack.context;
  const secret = new kubernetes.core.v1.Secret(
    `${spec.name}-tls`,
    {
      metadata: { namespace, labels },
      type: "kubernetes.io/tls",
      stringData: {
        "tls.crt": pulumi.secret(secretValue("tlsCertificate")),
        "tls.key": pulumi.secret(secretValue("tlsPrivateKey")),
      },
      immutable: true,
    },
    options(),
  );
  return secret.metadata.name;
}
