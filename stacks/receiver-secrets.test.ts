import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { secretlessReceivers, settingsReport } from "./report.ts";
import { leastOfProduction } from "./testing.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secrets-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What is said about secrets of a production stack of that target, whose file holds these. */
function reported(own: string, held: readonly string[], target?: string) {
  const said = Object.entries({ ...leastOfProduction, target: own }).map(([key, value]) => [
    `trading-platform:${key}`,
    value,
  ]);
  const secrets = held.map((key) => [`secrets:${key}`, { secure: "v1:abc" }]);
  writeFileSync(join(folder, "Pulumi.prod.yaml"), stringify({ config: Object.fromEntries([...said, ...secrets]) }));
  const { warnings, problems } = settingsReport(folder, "prod", target);
  const lines = (found: typeof problems) =>
    found.flatMap(({ key, message }) => (key.includes(":secrets.") ? [`${key}: ${message}`] : []));
  return { problems: lines(problems), warnings: lines(warnings) };
}

test("a receiver whose secret the stack file should hold, and does not, is a problem with the way out", () => {
  expect(reported("kubernetes", ["slackWebhookUrl", "smtpPassword", "alertWebhookToken"])).toEqual({
    problems: [
      "trading-platform:secrets.pagerdutyRoutingKey: has no value: no alert could be told, and up would stop; run: pulumi config set --secret secrets:pagerdutyRoutingKey --stack prod",
    ],
    warnings: [],
  });
  expect(reported("kubernetes", []).problems).toHaveLength(4);
  expect(secretlessReceivers(folder, "prod")).toHaveLength(4);
  // They are in Secrets Manager, which nobody asks here.
  expect(reported("ecs", [])).toEqual({ problems: [], warnings: [] });
});

test("on a target that is only tried it is a warning", () => {
  const { problems, warnings } = reported("ecs", [], "kubernetes");
  expect([problems.length, warnings.length]).toEqual([0, 4]);
});
