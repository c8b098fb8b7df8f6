import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runOffline } from "../../../cli/engine/offline.ts";
import type { RunResult } from "../../../cli/engine/result.ts";
import { type RunningCloud, serveCloud } from "../../../offline/aws/ecs/serve.ts";
import { makeTemporaryBackend, type TemporaryBackend } from "../../../offline/backend.ts";
import type { Patience } from "../../../offline/start.ts";
import { fixture } from "../support.ts";

let backend: TemporaryBackend;
let cloud: RunningCloud;
beforeEach(async () => {
  [backend, cloud] = await Promise.all([makeTemporaryBackend(), serveCloud()]);
});
afterEach(async () => {
  await Promise.all([backend.remove(), cloud.stop()]);
});

/** As plain `pulumi up`, with a provider that waits so. */
const up = (version: string, patience: Patience): Promise<RunResult> =>
  runOffline({
    stack: "prod",
    operation: "up",
    backend,
    project: fixture("services"),
    policyPacks: [],
    recordEachStep: true,
    config: { "services:version": version },
    cloud: { environment: cloud.environment, patience },
  });

/** What an update says that failed; empty for one that did not. */
const complaint = ({ outcome, diagnostics }: RunResult): string =>
  outcome === "succeeded"
    ? ""
    : diagnostics
        .filter(({ severity }) => severity === "error")
        .map(({ message }) => message)
        .join("\n");

const running = () => [cloud.cluster.running("backend"), cloud.cluster.running("frontend")];

describe.each<Patience>(["older", "current"])("with the %s provider", (patience) => {
  test("a release that ECS takes back fails, and so does every update after it until it runs [requirement rollback/ecs]", {
    timeout: 180_000,
  }, async () => {
    expect(complaint(await up("1", patience))).toBe("");
    cloud.cluster.script("backend", "breaker");
    cloud.cluster.wrote("prepare", ["fetching files", "no such secret"]);
    // Thrice: an empty update and one without a difference follow the failed one.
    for (const attempt of [1, 2, 3]) {
      const said = complaint(await up("2", patience));
      expect(said, `attempt ${attempt}`).toContain("backend: runs backend:1, not backend:2, which was asked for");
      expect(said).toContain("Service deployment rolled back because the circuit breaker threshold was exceeded.");
      expect(said).toMatch(/3 tasks stopped, the last one \([0-9a-f]{32}\): Essential container in task exited/);
      expect(said).toContain("backend: exit code 1");
      expect(said).toContain("| no such secret");
      expect(said).toContain("./platform up prod reads what runs");
      expect(said, "what succeeded").not.toContain("frontend:");
      expect(running()).toEqual(["backend:1", "frontend:2"]);
    }
    expect(complaint(await up("3", patience))).toBe("");
    expect(running()).toEqual(["backend:3", "frontend:3"]);
  });

  test("so does one that an alarm takes back, when its tasks had been steady for a while", {
    timeout: 180_000,
  }, async () => {
    expect(complaint(await up("1", patience))).toBe("");
    cloud.cluster.script("frontend", "alarm");
    for (const attempt of [1, 2]) {
      const said = complaint(await up("2", patience));
      expect(said, `attempt ${attempt}`).toContain("frontend: runs frontend:1, not frontend:2");
      expect(said).toContain("alarms: frontend-errors");
    }
  });

  test("one that ECS cannot take back, because the earlier one does not start any more either, is not said to run", {
    timeout: 180_000,
  }, async () => {
    expect(complaint(await up("1", patience))).toBe("");
    cloud.cluster.script("backend", "lost");
    for (const attempt of [1, 2]) {
      const said = complaint(await up("2", patience));
      expect(said, `attempt ${attempt}`).toContain(
        "backend: backend:2 failed, and so did backend:1, which ECS went back to: nothing may serve",
      );
    }
    expect(complaint(await up("3", patience))).toBe("");
    expect(running()).toEqual(["backend:3", "frontend:3"]);
  });

  test("a first release that fails has nothing to go back to", { timeout: 180_000 }, async () => {
    cloud.cluster.script("backend", "breaker");
    const said = complaint(await up("1", patience));
    expect(said).toContain("backend: backend:1 does not run, and nothing was gone back to");
    expect(said).toContain("backend: exit code 1");
  });
});

test("an update that cannot ask what runs does not report success", { timeout: 180_000 }, async () => {
  expect(complaint(await up("1", "older"))).toBe("");
  await cloud.stop();
  expect(complaint(await up("1", "older"))).toContain("backend: whether the release runs is not known");
  cloud = await serveCloud();
});
