import type { Alert } from "../alerts/alert.ts";
import { possibleAlerts } from "../alerts/catalogue.ts";
import { logLineAlerts } from "../alerts/log-lines.ts";
import type { AlertName } from "../alerts/names.ts";
import { panelOf } from "../alerts/panels.ts";
import type { Limit, NumberPanel, Panel, Shown, Unit } from "./dashboard.ts";

/** How an alert's panel looks. */
export interface Look {
  readonly title: string;
  readonly unit: Unit;
  readonly width?: NumberPanel["width"];
  /** Name of the lines of each comparison that is shown: an alert that asks several says the one that matters first. */
  readonly legends: readonly string[];
  /** What is shown where the alert asks for absence. */
  readonly instead?: { readonly expression: string; readonly limit: Limit };
}

/**
 * The panel of an alert: what the alert asks, with its threshold, both read off the alert itself so that they can never
 * differ. None where the stack has no such alert; one that is switched off keeps its panel.
 */
export function alertPanel(shown: Shown, name: AlertName, look: Look): readonly Panel[] {
  const { title, unit, width = 8, legends, instead } = look;
  return alertsOf(shown)
    .filter((alert) => alert.name === name)
    .map((alert) => {
      const asked = instead === undefined ? comparisonsOf(alert).slice(0, legends.length) : [instead];
      return {
        kind: "lines",
        id: panelOf[name],
        title,
        description: `${alert.description} Alert: ${name}.`,
        unit,
        width,
        source: alert.source === "logs" ? "loki" : "prometheus",
        queries: asked.map(({ expression }, index) => ({ expression, legend: legends[index] ?? "" })),
        limits: [...new Map(asked.map(({ limit }) => [limit.value, limit])).values()],
      };
    });
}

/** Metric and log alerts that the stack can have. */
const alertsOf = (shown: Shown): readonly Alert[] => [...possibleAlerts(shown), ...logLineAlerts(shown)];

/** The alert's own limit, for other panels that show the same value; none where the stack has no such alert. */
export const limitsOf = (shown: Shown, name: AlertName): readonly Limit[] =>
  alertsOf(shown)
    .filter((alert) => alert.name === name)
    .flatMap((alert) => comparisonsOf(alert).slice(0, 1))
    .map(({ limit }) => limit);

/** What an alert compares, and with what. Throws where it is no comparison with a number. */
function comparisonsOf({ name, expression, severity }: Alert): readonly NonNullable<Look["instead"]>[] {
  // Each ends with its number; an `and` elsewhere only chooses series.
  return expression.split(/(?<=\d) and /).map((part) => {
    const [, compared, operator, limit] = /^(.+) (>|<|==) ([\d.]+)$/.exec(part) ?? [];
    if (compared === undefined)
      throw new Error(`${name}: "${part}" compares nothing: say what its panel shows instead`);
    // What is equal to 0 is below 1, and what is equal to 1 is not below it: such values say yes or no.
    const value = operator === "==" ? 1 : Number(limit);
    const isBelow = operator === "<" || (operator === "==" && limit === "0");
    return { expression: compared, limit: { value, isBad: isBelow ? "below" : "above", severity } };
  });
}
