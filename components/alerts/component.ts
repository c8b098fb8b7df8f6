import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { alertCatalogue } from "./catalogue.ts";
import { receiversFor, routes } from "./routes.ts";

export interface AlertRoutesArgs {
  readonly settings: Settings;
}

/** Who is told of what: states the catalogue and its routes in the component tree; Prometheus and Alertmanager mount the files. */
export class AlertRoutes extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:alerts:AlertRoutes";
  readonly alerts: readonly string[];

  constructor(name: string, { settings }: AlertRoutesArgs, options: pulumi.ComponentResourceOptions) {
    super(AlertRoutes.__pulumiType, name, {}, options);
    const catalogue = alertCatalogue(settings);
    this.alerts = catalogue.map((alert) => alert.name);
    const critical = catalogue.filter((alert) => alert.severity === "critical");
    this.registerOutputs({
      alerts: this.alerts,
      critical: critical.map((alert) => alert.name),
      receivers: routes.map((route) => route.receiver),
      // Who is told of each: a policy asks that it is somebody.
      told: Object.fromEntries(critical.map((alert) => [alert.name, receiversFor(alert)])),
    });
  }
}
