import type { Settings } from "../components/settings.ts";
import { minimumReplicas } from "../components/workload/index.ts";
import { fullKey, type Problem } from "./error.ts";

/** What is allowed and probably not meant; printed, never refused. */
export function settingsWarnings(settings: Settings): readonly Problem[] {
  if (settings.environment !== "production") return [];
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
