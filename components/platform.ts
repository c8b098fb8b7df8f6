import * as pulumi from "@pulumi/pulumi";
import { otherDomains } from "./access.ts";
import { AlertRoutes } from "./alerts/component.ts";
import { Application } from "./application/component.ts";
import { imageSources, probeImage } from "./blueprint.ts";
import { ImageRegistry } from "./delivery/component.ts";
import { LoggingStack } from "./logging/component.ts";
import { MonitoringStack } from "./monitoring/component.ts";
import type { Settings } from "./settings.ts";
import { membersOf, type PlatformSpec } from "./specification.ts";
import type { Target, TargetContext, TargetStart } from "./targets/target.ts";
import { fromOrigin } from "./workload/index.ts";

export interface TradingPlatformArgs {
  readonly settings: Settings;
  readonly platform: PlatformSpec;
  /** The stack's target, its provider's SDK loaded. */
  readonly start: TargetStart;
  readonly secrets: Pick<TargetContext, "secretValue" | "heldValue">;
  /** False where there is no cloud to ask what really runs. */
  readonly asksCloud: boolean;
}

/** The root of the tree: settings → specs → target. Reads like the architecture in a preview, the same on every target. */
export class TradingPlatform extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:platform:TradingPlatform";
  readonly addresses: Target["outputs"];

  constructor(name: string, args: TradingPlatformArgs, options: pulumi.ComponentResourceOptions = {}) {
    const { settings, platform, start, secrets, asksCloud } = args;
    const { stack, environment, domain, images, logs, metrics } = settings;
    super(TradingPlatform.__pulumiType, name, { stack, environment, target: settings.target.name, domain }, options);
    const target = start(
      {
        stack,
        environment,
        domain,
        otherDomains: otherDomains(settings),
        version: images.version,
        members: membersOf(platform),
        secretSources: settings.secrets,
        ...secrets,
        asksCloud,
        probeImage: probeImage(settings),
        registry: images.registry,
        thirdParty: (original) => fromOrigin(original, images),
        registryUser: images.registryUser,
        imagesKept: images.keep,
      },
      this,
    );
    const parent = { parent: this };
    const { keep, rollbackDepth } = images;
    new ImageRegistry("images", { repositories: imageSources(settings), keep, rollbackDepth }, parent);
    new Application("application", { members: platform.application, target }, parent);
    const { level, retention } = logs;
    new LoggingStack("logging", { level, retention, members: platform.logging, target }, parent);
    const monitoring = { retention: metrics.retention, members: platform.monitoring, target };
    new MonitoringStack("monitoring", monitoring, parent);
    new AlertRoutes("alerts", { alerts: platform.alerts }, parent);
    this.addresses = target.outputs;
    this.registerOutputs({ target: settings.target.name, environment, addresses: this.addresses });
  }
}
