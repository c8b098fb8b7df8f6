import type * as pulumi from "@pulumi/pulumi";
import type { Target, TargetContext } from "../target.ts";
import { layFoundation } from "./resources/foundation.ts";
import { kubernetesStack } from "./resources/stack.ts";
import { realizeWorkload } from "./resources/workload.ts";
import type { KubernetesSection } from "./section.ts";

/** Lays the namespaces under `platform` and takes workloads. */
export function startKubernetes(section: KubernetesSection, context: TargetContext, platform: pulumi.Resource): Target {
  const foundation = layFoundation(kubernetesStack(section, context, platform), platform);
  const { main, hosts } = foundation.stack.namespaces;
  return {
    workload: (spec, parent) => realizeWorkload(spec, foundation, parent),
    managedService: ({ name, engine }) => {
      throw new Error(`${name}: the target kubernetes runs no managed ${engine}; set its management to "own"`);
    },
    outputs: { url: `https://${context.domain}`, namespace: main, hostsNamespace: hosts },
  };
}
