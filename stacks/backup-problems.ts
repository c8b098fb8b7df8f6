import { thresholdsOf } from "../components/alerts/thresholds.ts";
import { days, formatDuration, isLonger } from "../components/workload/index.ts";
import { fullKey, type Problem } from "./error.ts";
import { productVersions } from "./product-versions.ts";
import type { Sound } from "./sound.ts";

/** RDS: docs.aws.amazon.com, "Backup retention period". */
const managedRetention = days(35);

/** Backups that could not be kept, proven or watched as the settings say; each with the way out. */
export function backupProblems(sound: Sound): readonly Problem[] {
  const { backups, database } = sound;
  if (backups === undefined || database === undefined) return [];
  return database.management === "managed" ? managedProblems(backups) : ownProblems(sound, backups, database);
}

type Backups = NonNullable<Sound["backups"]>;
type Database = NonNullable<Sound["database"]>;

const managedProblems = ({ retention }: Backups): readonly Problem[] =>
  problemIf(
    isLonger(retention, managedRetention),
    "backups.retention",
    `${formatDuration(retention)} is longer than the cloud keeps backups of a managed database; say at most ${formatDuration(managedRetention)}`,
  );

function ownProblems({ alerts, images }: Sound, backups: Backups, database: Database): readonly Problem[] {
  const { every, retention, storageGiB } = backups;
  const age = alerts?.overrides.BackupTooOld?.off === true ? undefined : alerts;
  return [
    ...problemIf(
      isLonger(every, retention),
      "backups.every",
      `${formatDuration(every)} is longer than backups.retention (${formatDuration(retention)}): say at most that`,
    ),
    ...problemIf(
      storageGiB <= database.storageGiB,
      "backups.storageGiB",
      `${storageGiB} is not above database.storageGiB (${database.storageGiB}): a copy of the whole database must fit beside its backups, to prove one; raise it`,
    ),
    ...(age === undefined ? [] : ageProblems(age, backups)),
    ...(images === undefined ? [] : versionProblems(images.versions.postgres)),
  ];
}

function ageProblems(alerts: NonNullable<Sound["alerts"]>, { every }: Backups): readonly Problem[] {
  const { backupAge } = thresholdsOf(alerts, "BackupTooOld");
  const isOverridden = alerts.overrides.BackupTooOld?.threshold !== undefined;
  return problemIf(
    !isLonger(backupAge, every),
    `alerts.${isOverridden ? "overrides.BackupTooOld.threshold" : "thresholds.backupAge"}`,
    `${formatDuration(backupAge)} is not longer than backups.every (${formatDuration(every)}): it would fire before each backup; say more`,
  );
}

/** The image of the backup has PostgreSQL's own programs, of one major version; they read no other. */
function versionProblems(postgres: string): readonly Problem[] {
  const [asked = "", held = ""] = [postgres, productVersions.postgres].map(majorOf);
  return problemIf(
    asked !== held,
    "images.versions.postgres",
    `"${postgres}" cannot be backed up: the image backup of this release has PostgreSQL ${held} (services/backup/Dockerfile); say ${held}.x`,
  );
}

const majorOf = (version: string): string => version.split(/[.-]/)[0] ?? "";

const problemIf = (holds: boolean, key: string, message: string): readonly Problem[] =>
  holds ? [{ key: fullKey(key.split(".")), message }] : [];
