import type * as pulumi from "@pulumi/pulumi";
import type { Target, TargetContext } from "../target.ts";
import { layFoundation } from "./resources/foundation.ts";
import { Managed } from "./resources/managed.ts";
import { allRunning } from "./resources/running.ts";
import { realizeWorkload } from "./resources/service.ts";
import { ecsStack } from "./resources/stack.ts";
import type { EcsSection } from "./section.ts";

/** Lays the AWS foundation under `platform` and takes workloads. */
export function startEcs(section: EcsSection, context: TargetContext, platform: pulumi.Resource): Target {
  const foundation = layFoundation(ecsStack(section, context, platform), platform);
  return {
    workload: (spec, parent) => realizeWorkload(spec, foundation, parent),
    managedService: (service, parent) =>
      foundation.order.announce(service.name, new Managed(service, foundation, parent)),
    // Asked for when every workload is made.
    get outputs() {
      return {
        url: `https://${context.domain}`,
        loadBalancer: foundation.balancer.dnsName,
        cluster: foundation.stack.names.cluster,
        alarms: foundation.alarms.topicArn,
        running: allRunning(foundation.running),
      };
    },
  };
}
