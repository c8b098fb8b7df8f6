import { expect, test } from "vitest";
import { cacheEngine, databaseParameters } from "./managed.ts";

test("TLS is always asked for, and static parameters wait for a start", () => {
  expect(databaseParameters({ max_connections: "200", log_min_messages: "warning" })).toEqual([
    { name: "max_connections", value: "200", applyMethod: "pending-reboot" },
    { name: "log_min_messages", value: "warning", applyMethod: "immediate" },
    { name: "rds.force_ssl", value: "1", applyMethod: "immediate" },
  ]);
});

test.each([
  ["7.1", "redis", "7.1", "redis7"],
  ["6.2", "redis", "6.2", "redis6.x"],
  ["7.4", "valkey", "8.0", "valkey8"],
  ["8.2", "valkey", "8.0", "valkey8"],
])("Redis %s is %s %s", (version, engine, engineVersion, family) => {
  expect(cacheEngine(version)).toEqual({ engine, engineVersion, family });
});
