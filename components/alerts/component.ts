import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { alertCatalogue } from "./catalogue.ts";
import { routes } from "./routes.ts";

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
    const critical = catalogue.filter((alert) => alert.severity === "critical").map((alert) => alert.name);
    this.registerOutputs({ alerts: this.alerts, critical, receivers: routes.map((route) => route.receiver) });
  }
}
