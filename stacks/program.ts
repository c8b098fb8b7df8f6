import * as pulumi from "@pulumi/pulumi";
import { notMirrored } from "../components/delivery/third-party.ts";
import { TradingPlatform } from "../components/platform.ts";
import { describePlatform, platformProblems } from "../components/specification.ts";
import { mirroredInForce } from "./mirrored.ts";
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
    mirrored: mirroredInForce(stack),
  });
  const platform = describePlatform(settings);
  const problems = platformProblems(settings, platform);
  const missing = hasCloud() && !pulumi.runtime.isDryRun() ? notMirrored(settings) : undefined;
  if (missing !== undefined) throw new Error(`stack ${stack}: ${missing}`);
  if (problems.length > 0) {
    throw new Error([`stack ${stack} cannot run on ${settings.target.name}:`, ...problems].join("\n  "));
  }
  const start = await settings.target.load();
  const secrets = secretResolver(settings);
  const args = { settings, platform, start, secrets, asksCloud: hasCloud() };
  const { addresses } = new TradingPlatform("trading-platform", args);
  return { target: settings.target.name, environment: settings.environment, ...addresses };
}

/** An offline run (config `offline:secrets`) has none, but where a stand-in of it is named. */
const hasCloud = (): boolean =>
  new pulumi.Config("offline").get("secrets") === undefined || process.env.AWS_ENDPOINT_URL !== undefined;
