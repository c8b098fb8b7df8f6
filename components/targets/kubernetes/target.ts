import { defineTarget } from "../target.ts";
import { differences } from "./differences.ts";
import { namespacesOf } from "./names.ts";
import { problems } from "./problems.ts";
import { kubernetesSection } from "./section.ts";

/** Any Kubernetes cluster from 1.30 on (the `sleep` handler); the person's kubeconfig says which. */
export const kubernetes = defineTarget({
  name: "kubernetes",
  schema: kubernetesSection,
  differences,
  managed: [],
  discovery: "kubernetes",
  address: (member, stack, section) => `${member}.${namespacesOf(stack, section).main}.svc.${section.clusterDomain}`,
  namespaces: (stack, section) => Object.values(namespacesOf(stack, section)),
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
  problems,
  logStore: (_, { logStore }) => (logStore === undefined ? { kind: "volume" } : { kind: "s3", ...logStore }),
  load: async (section) => {
    const { startKubernetes } = await import("./component.ts");
    return (context, platform) => startKubernetes(section, context, platform);
  },
});
