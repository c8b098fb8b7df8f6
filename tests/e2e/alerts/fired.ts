import { openedUrl } from "../../../components/access.ts";
import type { Alert } from "../../../components/alerts/alert.ts";
import { labelsOf, linksOf } from "../../../components/alerts/rules.ts";
import type { Settings } from "../../../components/settings.ts";
import { describePlatform } from "../../../components/specification.ts";
import type { Product } from "../../support/products/product.ts";

/** An alert as Prometheus posts it. */
export interface Fired {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorURL: string;
  readonly endsAt?: string;
}

/** What Prometheus would post of the faults of these alerts, by name. */
export const faultsOf = (settings: Settings, ...names: readonly string[]): readonly Fired[] => {
  const { alerts } = describePlatform(settings);
  return names.flatMap((wanted) => {
    const alert = alerts.find(({ name }) => name === wanted);
    if (alert === undefined) throw new Error(`there is no ${wanted}`);
    return firedAs(alert, settings);
  });
};

function firedAs(alert: Alert, settings: Settings): readonly Fired[] {
  const tells = alert.behaviour === "always fires" ? [{ summary: alert.summary }] : alert.behaviour.tells;
  return tells.map(({ labels = {}, summary }) => ({
    labels: { ...labelsOf(alert, settings), ...labels, alertname: alert.name },
    annotations: { summary, description: alert.description, ...linksOf(alert, settings) },
    generatorURL: `${openedUrl(settings, "prometheus")}/graph?g0.expr=${encodeURIComponent(alert.expression)}&g0.tab=1`,
  }));
}

/** The same, a moment ago. */
export const over = (all: readonly Fired[]): readonly Fired[] =>
  all.map((each) => ({ ...each, endsAt: new Date(Date.now() - 1000).toISOString() }));

/** Makes Alertmanager know them, as Prometheus does. */
export async function tell({ url }: Product, alerts: readonly Fired[]): Promise<void> {
  const answer = await fetch(`${url}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(alerts),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
}
