import * as pulumi from "@pulumi/pulumi";
import { TradingPlatform } from "../../../components/platform.ts";
import { describePlatform, type Member } from "../../../components/specification.ts";
import { probe, probes, rollout, seconds, type WorkloadSpec, workload } from "../../../components/workload/index.ts";
import { configFromPulumi } from "../../../stacks/program-config.ts";
import { readSettings } from "../../../stacks/read.ts";
import { secretResolver } from "../../../stacks/secrets.ts";

/**
 * The platform's program (stacks/program.ts) with two changes for tests: the backend is started as the config
 * `e2e:backend` says, a list of arguments, and nobody waits minutes for what never gets ready.
 */
export default async function program(): Promise<Record<string, unknown>> {
  const stack = pulumi.getStack();
  const settings = readSettings({ stack, config: configFromPulumi(pulumi.runtime.allConfig()) });
  const args = new pulumi.Config("e2e").getObject<string[]>("backend") ?? [];
  const described = describePlatform(settings);
  const application = described.application.map((member) =>
    isBackend(member) ? impatient({ ...member, args }) : member,
  );
  const { addresses } = new TradingPlatform("trading-platform", {
    settings,
    platform: { ...described, application },
    start: await settings.target.load(),
    secretValue: secretResolver(stack, settings.secrets),
  });
  return { ...addresses };
}

const isBackend = (member: Member): member is WorkloadSpec => member.kind === "workload" && member.name === "backend";

/** Asked every second, given up on after twelve. */
function impatient(spec: WorkloadSpec): WorkloadSpec {
  if (spec.placement.kind !== "stateless") throw new Error("the backend is stateless");
  const { liveness, readiness, tool } = spec.probes;
  const quick = probe({ check: readiness.check, interval: seconds(2), timeout: seconds(1), failureThreshold: 2 });
  return workload({
    ...spec,
    probes: probes({ liveness, readiness: quick, tool }),
    placement: {
      ...spec.placement,
      rollout: rollout({ ...spec.placement.rollout, progressDeadline: seconds(12), stopGracePeriod: seconds(10) }),
    },
  });
}
