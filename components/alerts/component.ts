import * as pulumi from "@pulumi/pulumi";
import type { Alert } from "./alert.ts";
import { receiversFor } from "./routes.ts";

export interface AlertRoutesArgs {
  readonly alerts: readonly Alert[];
}

/** Who is told of what: states the catalogue and its routes in the component tree; Prometheus and Alertmanager mount the files. */
export class AlertRoutes extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:alerts:AlertRoutes";
  readonly alerts: readonly string[];

  constructor(name: string, { alerts }: AlertRoutesArgs, options: pulumi.ComponentResourceOptions) {
    super(AlertRoutes.__pulumiType, name, {}, options);
    this.alerts = alerts.map((alert) => alert.name);
    const critical = alerts.filter(({ severity }) => severity === "critical");
    this.registerOutputs({
      alerts: this.alerts,
      critical: critical.map((alert) => alert.name),
      receivers: [...new Set(alerts.flatMap(receiversFor))],
      // Who is told of each: a policy asks that it is somebody.
      told: Object.fromEntries(critical.map((alert) => [alert.name, receiversFor(alert)])),
    });
  }
}
