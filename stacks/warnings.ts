import type { Alert } from "../components/alerts/alert.ts";
import { ignoredBlip, worstDelay } from "../components/alerts/delay.ts";
import { isPast } from "../components/alerts/silences.ts";
import type { Settings } from "../components/settings.ts";
import { describePlatform } from "../components/specification.ts";
import { minimumReplicas } from "../components/workload/index.ts";
import { fullKey, type Problem } from "./error.ts";

/** What is allowed and probably not meant; printed, never refused. */
export const settingsWarnings = (settings: Settings, now = new Date()): readonly Problem[] => [
  ...pastSilences(settings, now),
  ...(settings.environment === "production" ? productionWarnings(settings) : []),
];

/** No error: the last good release, to which a failed one is taken back, may have had a silence that has ended since. */
const pastSilences = ({ alerts }: Settings, now: Date): readonly Problem[] =>
  Object.entries(alerts.silences).flatMap(([name, { ends }]) =>
    warning(isPast(ends, now), `alerts.silences.${name}.ends`, `${ends} is past: it silences nothing; remove it`),
  );

function productionWarnings(settings: Settings): readonly Problem[] {
  const { logs, database, cache } = settings;
  return [
    ...warning(
      logs.level === "DEBUG",
      "logs.level",
      "DEBUG in production writes customers' data and fills the disk; WARNING is usual",
    ),
    ...warning(
      database.management === "managed" && !database.multiZone,
      "database.multiZone",
      "false: the loss of one zone is the loss of production's database",
    ),
    ...warning(
      cache.management === "managed" && !cache.multiZone,
      "cache.multiZone",
      "false: the loss of one zone loses production's queued backtests",
    ),
    ...warning(
      database.management === "managed" && !database.deletionProtection,
      "database.deletionProtection",
      "false: one wrong update deletes production's database",
    ),
    ...warning(
      settings.alerts.heartbeatUrl === undefined,
      "alerts.heartbeatUrl",
      "is not said: if Prometheus or Alertmanager stops, nobody is told; give a dead man's switch",
    ),
    ...warning(
      settings.grafana.oidc === undefined,
      "grafana.oidc",
      "is not said: Grafana is reached by ./platform open alone, with one password for everybody; give the identity provider",
    ),
    ...pageWarnings(settings),
    ...(["backend", "frontend", "gateway"] as const).flatMap((name) =>
      warning(
        minimumReplicas(settings[name].scaling) < 2,
        `${name}.scaling`,
        "one instance in production: each restart is an outage; say at least 2",
      ),
    ),
  ];
}

const warning = (holds: boolean, key: string, message: string): readonly Problem[] =>
  holds ? [{ key: fullKey(key.split(".")), message }] : [];

/** A page within the minute, and none for ten seconds: what production promises. */
const promised = { delay: 60, blip: 10 };

function pageWarnings(settings: Settings): readonly Problem[] {
  const critical = describePlatform(settings).alerts.filter(({ severity }) => severity === "critical");
  const late = critical.filter((alert) => worstDelay(alert, settings).seconds > promised.delay);
  const nervous = critical.filter((alert) => ignoredBlip(alert, settings).seconds < promised.blip);
  const names = (alerts: readonly Alert[]) => alerts.map(({ name }) => name).join(", ");
  return [
    ...warning(
      late.length > 0,
      "alerts.timing.critical",
      `pages may come later than ${promised.delay} s after the fault: ${names(late)} (./platform alerts)`,
    ),
    ...warning(
      nervous.length > 0,
      "alerts.timing.critical",
      `a blip of ${promised.blip} s may page: ${names(nervous)} (./platform alerts)`,
    ),
  ];
}
