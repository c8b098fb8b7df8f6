import { z } from "zod";

const label = (what: string) =>
  z
    .string()
    .regex(
      /^[a-z0-9](?:[-a-z0-9]{0,55}[a-z0-9])?$/,
      `must be ${what}: at most 57 lower-case letters, digits or dashes`,
    );

/** For the controller behind an Ingress or a load balancer, which each have their own. */
const annotations = z.record(z.string().min(1), z.string()).default({});

const publicAccess = z
  .discriminatedUnion("kind", [
    /** An Ingress ends TLS in front of the gateway; needs an ingress controller in the cluster. */
    z.strictObject({
      kind: z.literal("ingress"),
      /** Default: the cluster's default ingress class. */
      class: label("the name of an IngressClass").optional(),
      /** ClusterIssuer of cert-manager; default: the platform's secrets `tlsCertificate` and `tlsPrivateKey`. */
      clusterIssuer: z.string().min(1).optional(),
      annotations,
    }),
    /** The cluster's load balancer leads to the gateway, which ends TLS itself. */
    z.strictObject({ kind: z.literal("load-balancer"), annotations }),
  ])
  .default({ kind: "ingress", annotations: {} })
  .describe(
    "How customers get to the gateway: an Ingress that ends TLS (by a ClusterIssuer of cert-manager, or the secrets tlsCertificate and tlsPrivateKey), or the cluster's load balancer.",
  );

/** Where Loki keeps its chunks in place of its volume. */
const logStore = z
  .strictObject({
    bucket: z
      .string({ error: "must be the name of a bucket: without one Loki would keep nothing" })
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of a bucket, as trading-prod-logs"),
    region: z
      .string({ error: "must be the bucket's region, as eu-central-1" })
      .regex(/^[a-z0-9-]+$/, "must be the bucket's region, as eu-central-1"),
    endpoint: z
      .url({ error: "must be an address, as https://s3.example.com" })
      .optional()
      .describe("Of a store that speaks S3; default: AWS'."),
  })
  .describe(
    "S3 bucket for the log lines; default: Loki's volume. Loki's pod gets to it by its identity (EKS Pod Identity, or the node's role).",
  );

/** The section `kubernetes:` of a stack file. Everything has a default: the current context of the person's kubeconfig. */
export const kubernetesSection = z.strictObject({
  context: z.string().min(1).optional().describe("Context of the kubeconfig; default: its current one."),
  namespace: label("a namespace")
    .optional()
    .describe("Default: trading-<stack>. A second one, with -hosts appended, takes what watches the hosts."),
  clusterDomain: z
    .string()
    .regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/, "must be a DNS name, as cluster.local")
    .default("cluster.local")
    .describe("The cluster's DNS domain: addresses are complete names, because nginx does not know search domains."),
  storageClass: z.string().min(1).optional().describe("Of every volume; default: the cluster's default storage class."),
  publicAccess,
  logStore: logStore.optional(),
});

export type KubernetesSection = z.infer<typeof kubernetesSection>;
export type PublicAccess = KubernetesSection["publicAccess"];
