import * as pulumi from "@pulumi/pulumi";
import { TradingPlatform } from "../../../components/platform.ts";
import { describePlatform, type Member } from "../../../components/specification.ts";
import { type Placement, probe, probes, rollout, seconds, workload } from "../../../components/workload/index.ts";
import { mirroredInForce } from "../../../stacks/mirrored.ts";
import { configFromPulumi } from "../../../stacks/program-config.ts";
import { readSettings } from "../../../stacks/read.ts";
import { releaseInForce } from "../../../stacks/releases.ts";
import { secretResolver } from "../../../stacks/secrets.ts";

/**
 * The platform's program (stacks/program.ts) with two changes for tests: a stand-in for the backend is started as the config
 * `e2e:backend` says, a list of arguments, and says its version, and nobody waits minutes for it, or for a database, that never gets ready.
 */
export default async function program(): Promise<Record<string, unknown>> {
  const stack = pulumi.getStack();
  const settings = readSettings({
    stack,
    config: configFromPulumi(pulumi.runtime.allConfig()),
    release: releaseInForce(stack),
    mirrored: mirroredInForce(stack),
  });
  const args = new pulumi.Config("e2e").getObject<string[]>("backend");
  const described = describePlatform(settings);
  const application = described.application.map((member) => {
    if (member.name === "backend" && member.kind === "workload" && args !== undefined) {
      return impatient({ ...member, args: [...args, "-version", settings.images.version] }, 12);
    }
    return member.name === "database" ? impatient(member, 30) : member;
  });
  const { addresses } = new TradingPlatform("trading-platform", {
    settings,
    platform: { ...described, application },
    start: await settings.target.load(),
    secrets: secretResolver(settings),
    asksCloud: false,
  });
  return { ...addresses };
}

/** Asked every two seconds, and given up on after so many. */
export function impatient(spec: Member, deadline: number): Member {
  if (spec.kind === "managed") return spec;
  const { liveness, readiness, tool } = spec.probes;
  const quick = probe({ check: readiness.check, interval: seconds(2), timeout: seconds(1), failureThreshold: 2 });
  return workload({
    ...spec,
    probes: probes({ liveness, readiness: quick, tool }),
    placement: within(spec.placement, deadline),
  });
}

function within(placement: Placement, deadline: number): Placement {
  const times = { progressDeadline: seconds(deadline), stopGracePeriod: seconds(10) };
  switch (placement.kind) {
    case "stateless":
      return { ...placement, rollout: rollout({ ...placement.rollout, ...times }) };
    case "stateful":
      return { ...placement, rollout: rollout({ ...placement.rollout, ...times }) };
    case "per-host":
      return placement;
  }
}
