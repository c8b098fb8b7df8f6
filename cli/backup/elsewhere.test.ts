import { describe, expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { runElsewhere, type Wish } from "./elsewhere.ts";
import { backupsText, takenText } from "./report.ts";
import { reasonOf } from "./stack.ts";

const wishes: readonly Wish[] = ["list", "now", "restore"];

test("on a Docker daemon the command acts itself", () => {
  for (const wish of wishes) expect(runElsewhere(settingsOf("dev"), wish)).toBeUndefined();
});

describe.each([
  ["prod", "ecs", { list: "describe-db-snapshots", now: "create-db-snapshot", restore: "-to-point-in-time" }],
  ["prod", "kubernetes", { list: "-- backup list", now: "-- backup now", restore: "| jq '" }],
  ["dev", "ecs", { list: "docs/backups.md", now: "docs/backups.md", restore: "docs/backups.md" }],
] as const)("%s on %s: it says what to run there", (stack, target, expected) => {
  test.each(wishes)("%s", (wish) => {
    expect(runElsewhere(settingsOf(stack, target), wish)).toContain(expected[wish]);
  });
});

test("a time is handed on to the cloud, and only this stack's instance is meant", () => {
  const said = runElsewhere(settingsOf("prod"), "restore", { at: "2026-11-25T21:30:00Z" }) ?? "";
  expect(said).toContain("--restore-time 2026-11-25T21:30:00Z");
  expect(said).toContain("Key=='stack' && Value=='prod'");
  expect(runElsewhere(settingsOf("prod"), "restore")).toContain("--use-latest-restorable-time");
});

test("in a cluster a restore is the commands themselves, with what was asked for, the database down before its backup", () => {
  const settings = settingsOf("prod", "kubernetes");
  const said = runElsewhere(settings, "restore", { at: "2026-11-25T21:30:00Z", force: true }) ?? "";
  const places = [
    "scale statefulset/database --replicas=0",
    "scale statefulset/backup --replicas=0",
    '.args = ["restore","--data","/var/lib/postgresql/data/pgdata","--at","2026-11-25T21:30:00Z","--force"]',
    "kubectl --namespace trading-prod apply -f -",
    "scale statefulset/database --replicas=1",
    "scale statefulset/backup --replicas=1",
  ].map((words) => said.indexOf(words));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
  expect(runElsewhere(settings, "restore")).toContain(
    '.args = ["restore","--data","/var/lib/postgresql/data/pgdata"] ',
  );
});

test("a stack that leaves the backup out is told so", () => {
  expect(runElsewhere(settingsOf("dev", undefined, { without: ["backup"] }), "list")).toBe(
    "dev has no backup: the workload backup is left out (trading-platform:without in Pulumi.dev.yaml)",
  );
});

const backup = {
  id: "20261125T213000Z",
  startedAt: "2026-11-25T21:30:00.000Z",
  finishedAt: "2026-11-25T21:30:02.000Z",
  serverVersion: "17.5",
  sizeBytes: 4 * 1024 ** 2,
};

test("one that no restore has proven is listed, and does not count", () => {
  const [, taken = "", proven = ""] = backupsText("dev", [
    backup,
    { ...backup, id: "20261126T213000Z", provenAt: "2026-11-26T21:30:05.000Z" },
  ]).split("\n");
  expect(taken).toMatch(/^20261125T213000Z .* 17\.5 .*4\.0 MiB {2}no: it does not count$/);
  expect(proven).toMatch(/^20261126T213000Z .*2026-11-26T21:30:05\.000Z$/);
  expect(backupsText("dev", [])).toBe("dev: no backup yet; ./platform backup dev now takes one");
  expect(takenText("dev", { ...backup, provenAt: "2026-11-25T21:30:05.000Z" })).toBe(
    "dev: backup 20261125T213000Z is taken and proven (4.0 MiB, 5 s)",
  );
});

test("a reason is the workload's own words", () => {
  expect(reasonOf(new Error("backup failed (2): backup: one\nbackup: two"))).toBe("one\ntwo");
});
