import * as pulumi from "@pulumi/pulumi";
import { TradingPlatform } from "../../../components/platform.ts";
import { describePlatform } from "../../../components/specification.ts";
import { configFromPulumi } from "../../../stacks/program-config.ts";
import { readSettings } from "../../../stacks/read.ts";
import { secretResolver } from "../../../stacks/secrets.ts";
import { impatient } from "../docker/program.ts";

/** Seconds until a rollout counts as failed. */
const deadline = 15;

/** What runs the application's own images, in the platform's version. */
export const released = ["backend", "worker", "frontend"];

/** The platform's program (stacks/program.ts); nobody waits minutes for a release that never gets ready. */
export default async function program(): Promise<Record<string, unknown>> {
  const stack = pulumi.getStack();
  const settings = readSettings({ stack, config: configFromPulumi(pulumi.runtime.allConfig()) });
  const described = describePlatform(settings);
  // The backup has the release's version too, and its patience: minutes. Stuck pods of a StatefulSet are the driver's test.
  const application = described.application
    .filter(({ name }) => name !== "backup")
    .map((member) => (released.includes(member.name) ? impatient(member, deadline) : member));
  const { addresses } = new TradingPlatform("trading-platform", {
    settings,
    platform: { ...described, application },
    start: await settings.target.load(),
    secrets: secretResolver(settings),
    asksCloud: false,
  });
  return { ...addresses };
}
