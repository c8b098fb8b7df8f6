import { errorPercent, requestRate, responseTimeP95 } from "../alerts/recordings.ts";
import { limitsOf } from "./alert-panel.ts";
import { firing } from "./alerts.ts";
import { runningImages } from "./annotations.ts";
import { images } from "./containers.ts";
import { type Dashboard, figure, lines, type Panel, type Shown, where } from "./dashboard.ts";

/** What is looked at first: are customers served, what is wrong, what changed. */
export const overviewDashboard = (shown: Shown): Dashboard => ({
  uid: "overview",
  title: "Overview",
  description: "Are customers served, what is wrong, what changed?",
  variables: [],
  rows: [
    { title: "Are customers served?", panels: served(shown) },
    { title: "What is wrong?", panels: [firing, ...wrong(shown)] },
    { title: "What changed?", panels: changed(shown) },
  ],
});

function served(shown: Shown): readonly Panel[] {
  const { settings } = shown;
  const { tradingHealthy } = settings.backend.metricNames;
  return [
    ...where(
      shown,
      "site",
      figure(
        {
          title: "Site reachable",
          unit: "bool_yes_no",
          description: "A request from outside, by the public name, gets a good answer.",
          width: 4,
          limits: limitsOf(shown, "SiteUnreachable"),
        },
        ['max(probe_success{job="site"}) or vector(0)', "reachable"],
      ),
    ),
    ...where(
      shown,
      "backend",
      figure(
        {
          title: "Backends",
          unit: "short",
          description: "Instances of the backend that answer.",
          width: 4,
          limits: limitsOf(shown, "BackendDown"),
        },
        ['sum(up{job="backend"}) or vector(0)', "answer"],
      ),
      figure({ title: "Requests", unit: "reqps", description: "Answered requests a second.", width: 4 }, [
        requestRate(settings).name,
        "requests",
      ]),
      figure(
        {
          title: "Fail",
          unit: "percent",
          description: "Share of the answers that are 5xx.",
          width: 4,
          limits: limitsOf(shown, "HighErrorRate"),
        },
        // Before the very first answer there is nothing to divide by.
        [`${errorPercent(settings, settings.alerts.timing.critical.window).name} or vector(0)`, "fail"],
      ),
      figure(
        {
          title: "Response time",
          unit: "s",
          description: "95 % of requests are answered within this time.",
          width: 4,
          limits: limitsOf(shown, "SlowResponseTime"),
        },
        [responseTimeP95(settings).name, "95 %"],
      ),
      figure(
        {
          title: "Trading goes on",
          unit: "bool_yes_no",
          description: "An instance of the backend executes orders.",
          width: 4,
          limits: limitsOf(shown, "TradingSystemUnhealthy"),
        },
        [`max(${tradingHealthy}{job="backend"})`, "healthy"],
      ),
    ),
  ];
}

const wrong = ({ loggers, settings }: Shown): readonly Panel[] =>
  loggers.length === 0
    ? []
    : [
        lines(
          {
            title: "Errors in the logs",
            unit: "ops",
            source: "loki",
            width: 12,
            description: "Lines of level ERROR and above, a second.",
          },
          [
            `sum by (service) (rate({stack="${settings.stack}",level=~"(?i)error|critical|fatal"}[$__auto]))`,
            "{{service}}",
          ],
        ),
      ];

const changed = (shown: Shown): readonly Panel[] => [
  ...runningImages(shown).map(({ expression }) => images(expression)),
  lines(
    {
      title: "Time since the start",
      unit: "s",
      width: 24,
      description: "It begins anew with each restart and each deploy.",
    },
    ["time() - max by (job) (process_start_time_seconds)", "{{job}}"],
  ),
];
