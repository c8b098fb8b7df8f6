import * as pulumi from "@pulumi/pulumi";
import { TradingPlatform } from "../components/platform.ts";
import { describePlatform, platformProblems } from "../components/specification.ts";
import { configFromPulumi } from "./program-config.ts";
import { readSettings } from "./read.ts";
import { releaseInForce } from "./releases.ts";
import { secretResolver } from "./secrets.ts";

/** A stack as a Pulumi program: config → settings → specs → resources of the stack's target. */
export async function program(): Promise<Record<string, unknown>> {
  const stack = pulumi.getStack();
  const settings = readSettings({
    stack,
    config: configFromPulumi(pulumi.runtime.allConfig()),
    release: releaseInForce(stack),
  });
  const platform = describePlatform(settings);
  const problems = platformProblems(settings, platform);
  if (problems.length > 0) {
    throw new Error([`stack ${stack} cannot run on ${settings.target.name}:`, ...problems].join("\n  "));
  }
  const start = await settings.target.load();
  const secretValue = secretResolver(stack, settings.secrets);
  const { addresses } = new TradingPlatform("trading-platform", { settings, platform, start, secretValue });
  return { target: settings.target.name, environment: settings.environment, ...addresses };
}
