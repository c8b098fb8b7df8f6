import { defineTarget } from "../target.ts";
import { differences } from "./differences.ts";
import { namespacesOf } from "./names.ts";
import { problems } from "./problems.ts";
import { kubernetesSection } from "./section.ts";

/** Where clusters have their pods (RFC 1918, RFC 6598): an ingress controller is one, its address is nowhere to be read. */
const podNetworks = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"];

/** Any Kubernetes cluster from 1.30 on (the `sleep` handler); the person's kubeconfig says which. */
export const kubernetes = defineTarget({
  name: "kubernetes",
  schema: kubernetesSection,
  differences,
  managed: [],
  vaultAuth: "kubernetes",
  discovery: "kubernetes",
  address: (member, stack, section) => `${member}.${namespacesOf(stack, section).main}.svc.${section.clusterDomain}`,
  namespaces: (stack, section) => Object.values(namespacesOf(stack, section)),
  balancers: ({ publicAccess }) => (publicAccess.kind === "ingress" ? podNetworks : []),
  tunnel: ({ stack, member, port, localPort }, section) => ({
    command: () => ({
      program: "kubectl",
      words: [
        ...(section.context === undefined ? [] : [`--context=${section.context}`]),
        "port-forward",
        `--namespace=${namespacesOf(stack, section).main}`,
        `service/${member}`,
        `${localPort}:${port}`,
      ],
    }),
  }),
  inside: (member, stack, section) => ({
    program: "kubectl",
    words: [
      ...(section.context === undefined ? [] : [`--context=${section.context}`]),
      "exec",
      "--stdin",
      `--namespace=${namespacesOf(stack, section).main}`,
      `statefulset/${member}`,
      "--",
    ],
  }),
  problems,
  logStore: (_, { logStore }) => (logStore === undefined ? { kind: "volume" } : { kind: "s3", ...logStore }),
  load: async (section) => {
    const { startKubernetes } = await import("./component.ts");
    return (context, platform) => startKubernetes(section, context, platform);
  },
});
