import { z } from "zod";
import { alertNames } from "../components/alerts/names.ts";
import type { AlertOverrides } from "../components/alerts/settings.ts";
import { thresholdOf } from "../components/alerts/thresholds.ts";
import { formatDuration } from "../components/workload/index.ts";
import { choice, duration, flag, httpPath, percent, section, text, whole } from "./fields.ts";
import { maintenance, silences } from "./silences-schema.ts";

const address = (what: string) =>
  text(what, /^[^\s@"]+@[a-z0-9.-]+$/, "an e-mail address, as database-team@example.com");

const url = (what: string, example: string) => text(what, /^https?:\/\/[^\s"]*[^\s"/]$/, `a URL, as ${example}`);

const timing = (what: string) =>
  section(what, {
    window: duration("Time over which rates are measured; at least two scrapes and their timeout.", "2s", "30m"),
    for: duration("Time that a fault must last.", "1s", "1h"),
  });

/** A template's value could change with each evaluation: another alert each time, whose `for` never passes. */
const label = text(
  "Value of the label.",
  /^(?!.*\{\{)[^"\n]{1,200}$/,
  "text of one line without {{: a label whose value changes makes another alert each time",
);

const override = section("What is different of one alert.", {
  reason: text("Why; shown beside the alert.", /\S.{3,}/, "a sentence that says why, for whoever reads the alert"),
  off: flag("True: the alert does not exist in this stack.").exactOptional(),
  threshold: z
    .union([z.number(), duration("", "1ms", "365d")], { error: "must be a number, or a time as 30s" })
    .meta({ description: "In place of the one in thresholds.", allowed: "what the alert's threshold must be" })
    .exactOptional(),
  for: duration("In place of timing.", "1s", "1d").exactOptional(),
  severity: choice("Who is told.", ["critical", "warning"]).exactOptional(),
  labels: z.record(z.string(), label).exactOptional(),
});

const overrides = z.partialRecord(z.enum(alertNames), override).meta({
  description:
    "Single alerts, by name, that this stack wants otherwise: off, threshold, for, severity, labels; each with a reason.",
});

const thresholds = section("Numbers above (free disk: below) which an alert fires.", {
  errorRatePercent: percent("HighErrorRate: answers 5xx, of all."),
  responseTimeP95: duration("SlowResponseTime: 95th percentile of the response time.", "10ms", "1m"),
  availabilityPercent: percent("ErrorBudgetBurn…: requests that must succeed, of those of 30 days."),
  databaseConnectionsPercent: percent("HighDatabaseConnections: connections in use, of those not reserved."),
  longRunningQuery: duration("LongRunningQueries: age of the oldest open transaction.", "1s", "1d"),
  backupAge: duration(
    "BackupTooOld: age of an own database's newest proven backup; longer than backups.every.",
    "1h",
    "14d",
  ),
  redisMemoryPercent: percent("HighRedisMemory: memory in use, of maxmemory."),
  cpuPercent: percent("HighCpuUsage: CPU of a host."),
  memoryPercent: percent("HighMemoryUsage: memory of a host."),
  diskFreePercent: percent("LowDiskSpace: free space of a file system."),
  diskFullWithin: duration("DiskFullSoon: time until a file system is full, at its present pace.", "10m", "7d"),
  clockOffset: duration("ClockSkew: difference between a host's clock and its time server.", "1ms", "1m"),
  certificateRemaining: duration("CertificateExpiring: time that the public certificate is valid.", "1d", "90d"),
  memberCertificateRemaining: duration(
    "MemberCertificateExpiring: time that a member's certificate of mTLS is valid; shorter than ./platform certs makes them for.",
    "1d",
    "90d",
  ),
  containerMemoryPercent: percent("ContainerNearMemoryLimit: memory of a container, of its limit."),
  restarts: whole("RestartLoop: restarts of an instance in 15 minutes.", 1, 100),
  orderFailurePercent: percent("HighOrderFailureRate: failed orders, of all."),
  backtestQueueLength: whole("BacktestQueueBackup: backtests that wait.", 1, 1_000_000),
  metricStoragePercent: percent("PrometheusStorageNearlyFull: stored metrics, of the size that is kept."),
  remoteWriteLag: duration("RemoteWriteBehind: age of the newest sample that the remote store has.", "30s", "2h"),
  errorLinesPerMinute: whole("ErrorBurst: log lines of a service, of level ERROR and above.", 1, 1_000_000),
  failedLoginsPerMinute: whole("FailedLoginBurst: wrong passwords and unknown users.", 1, 1_000_000),
});

export const alertsSection = section("When people are told, and how.", {
  thresholds,
  timing: section("How long alerts look back and wait; a blip that is shorter than for, less window, pages nobody.", {
    critical: timing("Alerts that page."),
    warning: timing("Alerts that can wait for a person to look."),
  }),
  runbookUrl: url("Folder of docs/runbooks, where whoever is on call can read it.", "https://git.example.com/runbooks"),
  heartbeatUrl: url(
    "Dead man's switch: asked every minute while alerts can be delivered; it calls when that stops.",
    "https://heartbeat.example.com/id",
  ).exactOptional(),
  overrides,
  silences,
  maintenance,
  receivers: section("The four channels. Their secrets are among secrets.", {
    slack: section("Usual alerts.", {
      channel: text("Channel of the team.", /^#[\w-]{1,79}$/, 'a channel in quotes, as "#alerts"'),
    }),
    pagerduty: section("Critical alerts.", {
      url: text("Events API, version 2.", /^https?:\/\/[^\s"]+$/, "a URL, as https://events.pagerduty.com/v2/enqueue"),
    }),
    email: section("Alerts of the database.", {
      to: address("Who gets it."),
      from: address("From whom it comes."),
      smarthost: text(
        "Mail server that takes it.",
        /^[A-Za-z0-9.-]+:\d{1,5}$/,
        "a mail server with its port, as smtp.example.com:587",
      ),
      user: text(
        "User at the mail server; the password is the secret smtpPassword.",
        /^\S+$/,
        "a user name without spaces",
      ),
    }),
    webhook: section("Everything, to the application itself.", {
      path: httpPath("Path at the backend."),
    }),
  }),
}).superRefine(({ overrides: said }, context) => {
  for (const { path, message } of [...thresholdProblems(said), ...labelProblems(said)]) {
    context.addIssue({ code: "custom", message, path: ["overrides", ...path] });
  }
});

/** A threshold of an override must be what the alert's own must be. */
function thresholdProblems(said: AlertOverrides) {
  return alertNames.flatMap((name) => {
    const threshold = said[name]?.threshold;
    if (threshold === undefined) return [];
    const path = [name, "threshold"];
    const key = thresholdOf[name];
    if (key === undefined) return [{ path, message: `may not be said: ${name} compares with no number; remove it` }];
    const written = typeof threshold === "number" ? threshold : formatDuration(threshold);
    const { error } = thresholds.shape[key].safeParse(written);
    return (error?.issues.slice(0, 1) ?? []).map(({ message }) => ({ path, message }));
  });
}

/** Labels that routes and inhibitions go by. */
const fixedLabels = ["alertname", "category", "environment", "service", "severity"];

function labelProblems(said: AlertOverrides) {
  return alertNames.flatMap((name) =>
    Object.keys(said[name]?.labels ?? {}).flatMap((label) => {
      const path = [name, "labels", label];
      if (fixedLabels.includes(label)) return [{ path, message: "may not be said: routes go by it; remove it" }];
      return /^[a-z_][a-z0-9_]*$/.test(label)
        ? []
        : [{ path, message: "has a name that is no label; use lower-case letters, digits and _" }];
    }),
  );
}
