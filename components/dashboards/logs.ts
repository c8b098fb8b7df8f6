import { alertPanel } from "./alert-panel.ts";
import { type Dashboard, lines, type Panel, rateWindow, type Shown, where } from "./dashboard.ts";

/** What the services write, and whether it arrives. */
export function logsDashboard(shown: Shown): Dashboard {
  const { stack } = shown.settings;
  const isStored = shown.loggers.length > 0;
  const chosen = `{stack="${stack}",service=~"$service",level=~"$level"}`;
  return {
    uid: "logging",
    title: "Logs",
    description: "What the services write, and whether every line arrives.",
    variables: isStored ? choices(stack) : [],
    rows: [
      { title: "What pages", panels: whatPages(shown, stack) },
      { title: "Lines", panels: isStored ? read(chosen, stack) : [] },
      {
        title: "The way of the lines",
        panels: [...where(shown, "promtail", wayThroughPromtail(shown)), ...where(shown, "loki", ...loki)],
      },
    ],
  };
}

const choices = (stack: string): Dashboard["variables"] => [
  ...(["service", "level"] as const).map(
    (label) =>
      ({
        kind: "label",
        name: label,
        title: label === "service" ? "Service" : "Level",
        source: "loki",
        label,
        of: `{stack="${stack}"}`,
      }) as const,
  ),
  { kind: "text", name: "search", title: "Contains", initial: "" },
];

const whatPages = (shown: Shown, stack: string) => [
  ...alertPanel(shown, "LogsDropped", { title: "Lines that are lost", unit: "ops", legends: ["{{job}}"] }),
  ...alertPanel(shown, "LogStorageFailing", {
    title: "Writes that Loki's storage refuses",
    unit: "ops",
    legends: ["{{instance}}"],
  }),
  ...alertPanel(shown, "ErrorBurst", { title: "Errors a minute", unit: "short", legends: ["{{service}}"] }),
  ...alertPanel(shown, "UnhandledExceptions", {
    title: "Unhandled exceptions a minute",
    unit: "short",
    legends: ["{{service}}"],
  }),
  ...alertPanel(shown, "FailedLoginBurst", { title: "Failed logins a minute", unit: "short", legends: ["failed"] }),
  ...alertPanel(shown, "ServiceStoppedLogging", {
    title: "Lines of the last five minutes",
    unit: "short",
    legends: ["{{service}}"],
    instead: {
      expression: `sum by (service) (count_over_time({stack="${stack}"}[5m]))`,
      limit: { value: 1, isBad: "below", severity: "warning" },
    },
  }),
];

const read = (chosen: string, stack: string): readonly Panel[] => [
  lines(
    {
      title: "Lines by service",
      unit: "ops",
      source: "loki",
      width: 12,
      description: "Lines a second: who writes much, and who has gone silent.",
    },
    [`sum by (service) (rate({stack="${stack}"}[$__auto]))`, "{{service}}"],
  ),
  lines(
    {
      title: "Lines by level",
      unit: "ops",
      source: "loki",
      width: 12,
      description: "Lines a second, of the chosen services.",
    },
    [`sum by (level) (rate({stack="${stack}",service=~"$service"}[$__auto]))`, "{{level}}"],
  ),
  {
    kind: "log",
    title: "Lines",
    width: 24,
    description: "Open a line: its correlation id leads to all lines of the same request.",
    query: `${chosen} |= "$search"`,
  },
];

/** On Kubernetes it reads files, elsewhere it asks the container runtime: each is counted under a name of its own. */
function wayThroughPromtail({ settings }: Shown): Panel {
  const metric =
    settings.target.discovery === "kubernetes" ? "promtail_read_lines_total" : "promtail_docker_target_entries_total";
  return lines(
    {
      title: "Read and sent",
      unit: "ops",
      width: 12,
      description: "Lines a second; less sent than read for long means that Loki does not take them.",
    },
    [`sum(rate(${metric}[${rateWindow}]))`, "read"],
    [`sum(rate(promtail_sent_entries_total[${rateWindow}]))`, "sent"],
  );
}

const loki = [
  lines({ title: "Taken in by Loki", unit: "binBps", width: 12, description: "Bytes of lines, a second." }, [
    `sum(rate(loki_distributor_bytes_received_total[${rateWindow}]))`,
    "received",
  ]),
] as const;
