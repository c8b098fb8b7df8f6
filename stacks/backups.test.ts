import { expect, test } from "vitest";
import { metricAlerts } from "../components/alerts/catalogue.ts";
import { describePlatform, isWorkload, membersOf } from "../components/specification.ts";
import { settingsOf } from "../tests/support/stacks.ts";
import type { Data } from "./layers.ts";
import { readSettings } from "./read.ts";
import { leastOfProduction, told } from "./testing.ts";

const own = { database: { management: "own" } } as const;

const mistakes: readonly (readonly [string, Data, string])[] = [
  [
    "longer than RDS keeps them",
    { backups: { retention: "36d" } },
    "backups.retention: 36d is longer than the cloud keeps backups of a managed database; say at most 35d",
  ],
  [
    "a database smaller than RDS makes one",
    { database: { storageGiB: 19 } },
    "database.storageGiB: 19 is less than a managed database takes; say at least 20",
  ],
  [
    "one that is over before the next",
    { ...own, backups: { every: "3d", retention: "2d" }, alerts: { thresholds: { backupAge: "4d" } } },
    "backups.every: 3d is longer than backups.retention (2d): say at most that",
  ],
  [
    "no room for the proof",
    { ...own, backups: { storageGiB: 100 } },
    "backups.storageGiB: 100 is not above database.storageGiB (100): a copy of the whole database must fit beside its backups, to prove one; raise it",
  ],
  [
    "too old before the next is due",
    { ...own, backups: { every: "2d" } },
    "alerts.thresholds.backupAge: 1d6h is not longer than backups.every (2d): it would fire before each backup; say more",
  ],
  [
    "the same of its own number",
    { ...own, alerts: { overrides: { BackupTooOld: { reason: "test", threshold: "12h" } } } },
    "alerts.overrides.BackupTooOld.threshold: 12h is not longer than backups.every (1d): it would fire before each backup; say more",
  ],
  [
    "a database that the backup's programs cannot read",
    { ...own, images: { versions: { postgres: "18.1-alpine" } } },
    'images.versions.postgres: "18.1-alpine" cannot be backed up: the image backup of this release has PostgreSQL 17 (services/backup/Dockerfile); say 17.x',
  ],
  [
    "seconds",
    { ...own, backups: { every: "30s" } },
    'backups.every: "30s" must be a time from 1h to 7d, written as 30s, 1m30s, 12h or 15d',
  ],
];

test.each(mistakes)("%s", (_, said, message) => {
  expect(told(said)).toEqual([`trading-platform:${message}`]);
});

test("what only an own database asks for is nobody's concern for a managed one", () => {
  const managed = { ...leastOfProduction, backups: { every: "3d", retention: "2d", storageGiB: 1 } };
  expect(readSettings({ stack: "prod", config: managed }).backups.storageGiB).toBe(1);
});

const namesOf = (stack: string, target?: string, more: Data = {}) =>
  membersOf(describePlatform(settingsOf(stack, target, more))).filter(isWorkload);

test.each([
  ["dev", "docker", true],
  ["prod", "kubernetes", true],
  ["prod", "ecs", false],
])("%s on %s has a backup of its own, and the alert: %s", (stack, target, has) => {
  const settings = settingsOf(stack, target);
  expect(namesOf(stack, target).some(({ name }) => name === "backup")).toBe(has);
  expect(describePlatform(settings).alerts.some(({ name }) => name === "BackupTooOld")).toBe(has);
  const database = namesOf(stack, target).find(({ name }) => name === "database");
  expect(database?.args.join(" ").includes("max_slot_wal_keep_size") ?? false).toBe(has);
});

test("where the backup is left out, the database is not told of it, and nothing waits for it", () => {
  const settings = settingsOf("dev", undefined, { without: ["backup"] });
  const database = namesOf("dev", undefined, { without: ["backup"] }).find(({ name }) => name === "database");
  expect(database?.secretFiles.map(({ secret }) => secret)).toEqual(["databasePassword"]);
  expect(metricAlerts({ settings, jobs: [] }).map(({ name }) => name)).not.toContain("BackupTooOld");
});

test("no secret is in what lets the backup in, and none in an argument", () => {
  const script = namesOf("dev").flatMap(({ files }) => files.filter(({ path }) => path.endsWith("/backup.sh")));
  expect(script).toHaveLength(1);
  expect(script[0]?.content).not.toMatch(/--set=password|-v password|PGPASSWORD/);
});
