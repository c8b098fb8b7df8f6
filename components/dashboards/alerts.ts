import { thresholdsOf } from "../alerts/thresholds.ts";
import { budgetPanels } from "./application.ts";
import { type Dashboard, figure, lines, rateWindow, type Shown, table, where } from "./dashboard.ts";

/** What fires, what fired, and how much of the error budget is used. */
export const alertsDashboard = (shown: Shown): Dashboard => ({
  uid: "alerts",
  title: "Alerts and error budget",
  description: "What fires now, what fired before, how many errors the objective still allows.",
  variables: [],
  rows: [
    { title: "Alerts", panels: [firing, pending, fired, ...where(shown, "alertmanager", told)] },
    { title: "Error budget", panels: where(shown, "backend", ...budget(shown)) },
  ],
});

const ofState = (state: string) => `ALERTS{alertstate="${state}",severity!="none"}`;
const labels = "alertname, severity, service, instance";

export const firing = table(
  { title: "Firing now", unit: "short", description: "Alerts of metrics; those of log lines are in Alertmanager." },
  `max by (${labels}) (${ofState("firing")})`,
);
const pending = table(
  { title: "Perhaps soon", unit: "short", description: "The fault is there, but has not lasted long enough." },
  `max by (${labels}) (${ofState("pending")})`,
);
const fired = lines(
  { title: "Fired", unit: "short", width: 12, description: "How many of each alert fired at a time." },
  [`count by (alertname) (${ofState("firing")})`, "{{alertname}}"],
);
const told = lines({ title: "Notifications", unit: "ops", width: 12, description: "Sent, a second, by channel." }, [
  `sum by (integration) (rate(alertmanager_notifications_total[${rateWindow}]))`,
  "{{integration}}",
]);

function budget(shown: Shown) {
  const { settings } = shown;
  const { requests } = settings.backend.metricNames;
  const { availabilityPercent } = thresholdsOf(settings.alerts, "ErrorBudgetBurnSlow");
  const increase = (more: string) => `sum(increase(${requests}{job="backend"${more}}[$__range]))`;
  const allowed = Number((100 - availabilityPercent).toPrecision(4));
  const failed = `100 * (${increase(',status=~"5.."')} or vector(0)) / ${increase("")}`;
  return [
    figure(
      {
        title: "Answered well",
        unit: "percent",
        width: 6,
        description: `Share of the requests of the chosen time that did not fail; the objective is ${availabilityPercent} % in 30 days.`,
        limits: [{ value: availabilityPercent, isBad: "below", severity: "critical" }],
      },
      [`100 - ${failed}`, "answered"],
    ),
    figure(
      {
        title: "Budget left",
        unit: "percent",
        width: 6,
        description:
          "Of the errors that the objective allows in the chosen time; below 0 it is missed. Choose 30 days for the objective's own.",
        limits: [{ value: 0, isBad: "below", severity: "critical" }],
      },
      [`100 * (1 - ${failed} / ${allowed})`, "left"],
    ),
    ...budgetPanels(shown).map((panel) => ({ ...panel, width: 6 as const })),
  ];
}
