import { alertPanel } from "./alert-panel.ts";
import { type Dashboard, lines, rateWindow, type Shown, where } from "./dashboard.ts";

/** Rate, errors and duration of the backend, and how its processes are. */
export function applicationDashboard(shown: Shown): Dashboard {
  const { metricNames } = shown.settings.backend;
  const { requests, requestDuration } = metricNames;
  const chosen = 'job="backend",route=~"$route"';
  return {
    uid: "application",
    title: "Application",
    description: "How many requests there are, how many fail, how long they take.",
    variables: [{ kind: "label", name: "route", title: "Route", source: "prometheus", label: "route", of: requests }],
    rows: [
      { title: "What pages", panels: whatPages(shown) },
      {
        title: "Rate, errors, duration",
        panels: where(
          shown,
          "backend",
          lines({ title: "Requests by route", unit: "reqps", description: "Answered requests a second." }, [
            `sum by (route) (rate(${requests}{${chosen}}[${rateWindow}]))`,
            "{{route}}",
          ]),
          lines(
            { title: "Requests by status", unit: "reqps", description: "4xx are the clients' mistakes, 5xx ours." },
            [`sum by (status) (rate(${requests}{${chosen}}[${rateWindow}]))`, "{{status}}"],
          ),
          lines(
            {
              title: "Errors by route",
              unit: "reqps",
              description: "Answers that are 5xx, a second: where they come from.",
            },
            [`sum by (route) (rate(${requests}{${chosen},status=~"5.."}[${rateWindow}]))`, "{{route}}"],
          ),
          lines(
            {
              title: "Duration",
              unit: "s",
              width: 12,
              description: "Half, 95 % and 99 % of requests are answered within this time.",
            },
            ...([0.5, 0.95, 0.99] as const).map(
              (share) =>
                [
                  `histogram_quantile(${share}, sum by (le) (rate(${requestDuration}_bucket{${chosen}}[${rateWindow}])))`,
                  `${100 * share} %`,
                ] as const,
            ),
          ),
          lines(
            {
              title: "Duration by route",
              unit: "s",
              width: 12,
              description: "95 % of a route's requests are answered within this time.",
            },
            [
              `histogram_quantile(0.95, sum by (le, route) (rate(${requestDuration}_bucket{${chosen}}[${rateWindow}])))`,
              "{{route}}",
            ],
          ),
        ),
      },
      { title: "Processes", panels: where(shown, "backend", ...processes) },
    ],
  };
}

const whatPages = (shown: Shown) => [
  ...alertPanel(shown, "HighErrorRate", { title: "Requests that fail", unit: "percent", legends: ["5xx"] }),
  ...alertPanel(shown, "SlowResponseTime", { title: "Response time", unit: "s", legends: ["95th percentile"] }),
  ...alertPanel(shown, "BackendDown", { title: "Backends that answer", unit: "short", legends: ["backends"] }),
  ...alertPanel(shown, "BackendInstanceMissing", {
    title: "Backends that answer, of those wanted",
    unit: "short",
    legends: ["backends"],
  }),
  ...budgetPanels(shown),
  ...alertPanel(shown, "SiteUnreachable", { title: "Site reachable", unit: "bool_yes_no", legends: ["reachable"] }),
];

/** Long and short window of each pace: an alert fires when both are over its limit. */
export const budgetPanels = (shown: Shown) => [
  ...alertPanel(shown, "ErrorBudgetBurnFast", {
    title: "Error budget, used up fast",
    unit: "percent",
    legends: ["5xx of the last hour", "of the last 5 minutes"],
  }),
  ...alertPanel(shown, "ErrorBudgetBurnSlow", {
    title: "Error budget, used up slowly",
    unit: "percent",
    legends: ["5xx of the last 6 hours", "of the last 30 minutes"],
  }),
];

const ours = 'job=~"backend|worker|frontend"';
const processes = [
  lines({ title: "CPU", unit: "short", description: "Processors that each process keeps busy." }, [
    `sum by (job, instance) (rate(process_cpu_seconds_total{${ours}}[${rateWindow}]))`,
    "{{job}} {{instance}}",
  ]),
  lines({ title: "Memory", unit: "bytes", description: "Resident memory of each process." }, [
    `max by (job, instance) (process_resident_memory_bytes{${ours}})`,
    "{{job}} {{instance}}",
  ]),
  lines(
    { title: "Time since the start", unit: "s", description: "It begins anew with each restart and each deploy." },
    [`time() - max by (job, instance) (process_start_time_seconds{${ours}})`, "{{job}} {{instance}}"],
  ),
] as const;
