import { expect, test } from "vitest";
import { judgeProgram, programOf } from "./judge.ts";
import type { ExampleResource } from "./policy.ts";
import { requireEncryptionAndBackups } from "./require-encryption-and-backups.ts";
import { found, verdictOn } from "./testing.ts";
import { type Properties, UNKNOWN } from "./values.ts";

const INSTANCE = "aws:rds/instance:Instance";
const database = (properties: Properties, type = INSTANCE): ExampleResource => ({ type, name: "db", properties });

test.each<[string, Properties, readonly string[]]>([
  ["nothing", {}, ["storageEncrypted", "backupRetentionPeriod"]],
  ["no encryption", { storageEncrypted: false, backupRetentionPeriod: 30 }, ["storageEncrypted"]],
  ["no backup", { storageEncrypted: true, backupRetentionPeriod: 0 }, ["backupRetentionPeriod"]],
  ["six days", { storageEncrypted: true, backupRetentionPeriod: 6 }, ["backupRetentionPeriod"]],
  ["seven days", { storageEncrypted: true, backupRetentionPeriod: 7 }, []],
])("a database with %s", (_, properties, missed) => {
  for (const type of [INSTANCE, "aws:rds/cluster:Cluster"]) {
    expect(found(requireEncryptionAndBackups, database(properties, type)).map((line) => line.split(": ")[1])).toEqual(
      missed,
    );
  }
});

test("a replica is not applicable", () => {
  expect(
    verdictOn(requireEncryptionAndBackups, { type: INSTANCE, properties: { replicateSourceDb: "db" } }),
  ).toMatchObject({
    kind: "not-applicable",
  });
});

test("how many days is a setting", () => {
  const program = programOf([database({ storageEncrypted: true, backupRetentionPeriod: 7 })]);
  const context = { environment: "production", setting: () => 14 } as const;
  expect(judgeProgram(requireEncryptionAndBackups, program, context)).toHaveLength(1);
});

test("unknown values are named", () => {
  expect(
    found(requireEncryptionAndBackups, database({ storageEncrypted: UNKNOWN, backupRetentionPeriod: UNKNOWN })),
  ).toEqual(["db? storageEncrypted", "db? backupRetentionPeriod"]);
  const table = { type: "aws:dynamodb/table:Table", name: "t", properties: { pointInTimeRecovery: UNKNOWN } } as const;
  expect(found(requireEncryptionAndBackups, table)).toEqual(["t? pointInTimeRecovery"]);
});
