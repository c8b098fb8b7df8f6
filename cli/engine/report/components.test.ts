import { expect, test } from "vitest";
import type { Step } from "../result.ts";
import { changedWorkloads, reportComponents } from "./components.ts";

const workload = "trading-platform:workload:Workload";

const step = (name: string, of: string, more: Partial<Step> = {}): Step => ({
  urn: `urn:pulumi:dev::p::${workload}$docker:index/container:Container::${name}`,
  type: "docker:index/container:Container",
  name,
  parent: `urn:pulumi:dev::p::trading-platform:application:Application$${workload}::${of}`,
  change: "create",
  state: "planned",
  properties: [],
  inputs: {},
  ...more,
});

test("says what starts, what is ready after how long, and what failed; helpers of a workload are no news", () => {
  const lines: string[] = [];
  let clock = 0;
  const report = reportComponents(
    "dev",
    2,
    (line) => lines.push(line),
    () => clock,
  );
  const tell = (one: Step) => report.on({ kind: "step", step: one, registered: 0 });
  const database = step("database", "database");
  const cache = step("cache", "cache", { change: "replace" });
  tell(step("database-data", "database", { state: "done" }));
  tell(database);
  tell(database);
  clock = 4200;
  tell({ ...database, state: "done" });
  tell({ ...database, state: "done" });
  tell(cache);
  clock = 5000;
  tell({ ...cache, state: "failed" });
  tell(step("idle", "idle", { change: "same", state: "done" }));
  const old = step("old", "old", { change: "delete" });
  tell(old);
  tell({ ...old, state: "done" });
  report.end("failed in 5 s");
  expect(lines).toEqual([
    "dev  database: starting …",
    "dev  database: ready after 4.2 s (1 of 2)",
    "dev  cache: replacing …",
    "dev  cache: failed after 0.8 s (1 of 2)",
    "dev  old: stopping …",
    "dev  old: gone after 0.0 s (2 of 2)",
    "dev  failed in 5 s",
  ]);
});

test("counts the workloads that a plan touches", () => {
  const plan = [step("a", "a"), step("a-files", "a"), step("idle", "idle", { change: "same" })];
  expect(changedWorkloads(plan)).toBe(1);
});
