import { expect, test } from "vitest";
import { judgeProgram, programOf } from "./judge.ts";
import type { ExampleResource } from "./policy.ts";
import { requireLogRetention } from "./require-log-retention.ts";
import { settingsOf } from "./settings.ts";
import { found } from "./testing.ts";
import { type Properties, UNKNOWN, type Value } from "./values.ts";

const logGroup = (properties: Properties) => ({ type: "aws:cloudwatch/logGroup:LogGroup", name: "api", properties });
const monitoring = (retention: Value): ExampleResource => ({
  type: "trading-platform:monitoring:MonitoringStack",
  name: "monitoring",
  properties: { retention },
});

test.each<[Value, number]>([
  [30, 0],
  [1, 0],
  [0, 1],
  [null, 1],
])("a log group that keeps %s days: %s findings", (retentionInDays, count) => {
  expect(found(requireLogRetention, logGroup({ retentionInDays }))).toHaveLength(count);
});

test.each<[Value, number]>([
  ["15d", 0],
  ["36h", 0],
  ["2w", 0],
  ["0s", 1],
  ["soon", 1],
  [null, 1],
])("a stack that keeps %s: %s findings", (retention, count) => {
  expect(found(requireLogRetention, monitoring(retention))).toHaveLength(count);
});

test("unknown is named", () => {
  expect(found(requireLogRetention, logGroup({ retentionInDays: UNKNOWN }))).toEqual(["api? retentionInDays"]);
  expect(found(requireLogRetention, monitoring(UNKNOWN))).toEqual(["monitoring? retention"]);
});

test("more days may be asked for", () => {
  const { context } = settingsOf({ minimumDays: 365 }, new Map(), "");
  const problems = [logGroup({ retentionInDays: 30 }), logGroup({ retentionInDays: 400 }), monitoring("15d")].map(
    (resource) => judgeProgram(requireLogRetention, programOf([resource]), context).map(({ finding }) => finding),
  );
  expect(problems).toMatchObject([
    [{ problem: "retentionInDays keeps 30 days, and 365 are asked for", repair: "retentionInDays: 365" }],
    [],
    [{ problem: "retention keeps 15 days, and 365 are asked for" }],
  ]);
});
