import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { settingsReport } from "./report.ts";
import { leastOfProduction } from "./testing.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secrets-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Warnings about secrets of a production stack on that target, whose file holds these. */
function warned(target: string, ...held: readonly string[]): readonly string[] {
  const said = Object.entries(leastOfProduction).map(([key, value]) => [`trading-platform:${key}`, value]);
  const secrets = held.map((key) => [`secrets:${key}`, { secure: "v1:abc" }]);
  writeFileSync(join(folder, "Pulumi.prod.yaml"), stringify({ config: Object.fromEntries([...said, ...secrets]) }));
  const { warnings, problems } = settingsReport(folder, "prod", target);
  expect(problems).toEqual([]);
  return warnings.flatMap(({ key, message }) => (key.includes(":secrets.") ? [`${key}: ${message}`] : []));
}

test("a receiver whose secret the stack file should hold, and does not, is named with the way out", () => {
  expect(warned("kubernetes", "slackWebhookUrl", "smtpPassword", "alertWebhookToken")).toEqual([
    "trading-platform:secrets.pagerdutyRoutingKey: has no value: no alert could be told, and up would stop; run: pulumi config set --secret secrets:pagerdutyRoutingKey --stack prod",
  ]);
  expect(warned("kubernetes")).toHaveLength(4);
  // They are in Secrets Manager, which nobody asks here.
  expect(warned("ecs")).toEqual([]);
});
