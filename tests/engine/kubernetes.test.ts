import { expect, test } from "vitest";
import { runOffline } from "../../cli/engine/offline.ts";
import type { RunResult } from "../../cli/engine/result.ts";
import { secretNames } from "../../components/workload/index.ts";
import type { TemporaryBackend } from "../../offline/backend.ts";
import { withBackend } from "./support.ts";

/** Production on Kubernetes with values for its secrets; what is given comes on top. */
async function up(backend: TemporaryBackend, config: Readonly<Record<string, unknown>> = {}): Promise<RunResult> {
  const secrets = Object.fromEntries(secretNames.map((name) => [`secrets:${name}`, `value of ${name}`]));
  const result = await runOffline({
    stack: "prod",
    operation: "up",
    backend,
    policyPacks: [],
    config: { "trading-platform:target": "kubernetes", "offline:secrets": "config", ...secrets, ...config },
  });
  expect(result.outcome, JSON.stringify(result.diagnostics)).toBe("succeeded");
  return result;
}

/** What was done to Kubernetes objects, in that order, as `update Deployment backend`. */
const done = ({ steps }: RunResult): readonly string[] =>
  steps
    .filter(({ change, type }) => change !== "same" && type.startsWith("kubernetes:"))
    .map(({ change, type, name }) => `${change} ${type.slice(type.lastIndexOf(":") + 1)} ${name}`);

test("an update changes what it must, in an order in which nothing is missing", async () => {
  await withBackend(async (backend) => {
    expect(done(await up(backend)).length).toBeGreaterThan(100);
    expect(done(await up(backend)), "without a change").toEqual([]);

    const changed = { "trading-platform:metrics": { scrapeTimeout: "3s" } };
    const file = done(await up(backend, changed));
    expect(file, "a changed file").toEqual([
      expect.stringMatching(/^create ConfigMap prometheus-[0-9a-f]{10}$/),
      "update StatefulSet prometheus",
      expect.stringMatching(/^delete ConfigMap prometheus-[0-9a-f]{10}$/),
    ]);

    const secret = done(await up(backend, { ...changed, "secrets:cachePassword": "another" }));
    expect(secret.filter((step) => !/Secret/.test(step)).sort(), "a changed secret").toEqual([
      "update Deployment backend",
      "update Deployment redis-exporter",
      "update Deployment worker",
      "update StatefulSet cache",
    ]);
    expect(secret.filter((step) => /Secret/.test(step)).length).toBe(4);
  });
}, 300_000);
