import { duration, httpPath, percent, section, text, whole } from "./fields.ts";

const address = (what: string) =>
  text(what, /^[^\s@"]+@[a-z0-9.-]+$/, "an e-mail address, as database-team@example.com");

export const alertsSection = section("When people are told, and how.", {
  thresholds: section("Numbers above (free disk: below) which an alert fires.", {
    errorRatePercent: percent("HighErrorRate: answers 5xx, of all."),
    responseTimeP95: duration("SlowResponseTime: 95th percentile of the response time.", "10ms", "1m"),
    databaseConnectionsPercent: percent("HighDatabaseConnections: connections in use, of those not reserved."),
    longRunningQuery: duration("LongRunningQueries: age of the oldest open transaction.", "1s", "1d"),
    redisMemoryPercent: percent("HighRedisMemory: memory in use, of maxmemory."),
    cpuPercent: percent("HighCpuUsage: CPU of a host."),
    memoryPercent: percent("HighMemoryUsage: memory of a host."),
    diskFreePercent: percent("LowDiskSpace: free space of a file system."),
    orderFailurePercent: percent("HighOrderFailureRate: failed orders, of all."),
    backtestQueueLength: whole("BacktestQueueBackup: backtests that wait.", 1, 1_000_000),
  }),
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
});
