import { expect, test, vi } from "vitest";
import { type Difference, driftIn } from "../../cli/drift/drift.ts";
import { findDrift } from "../../cli/drift/find.ts";
import { driftJson, driftTable } from "../../cli/drift/report.ts";
import { runOffline } from "../../cli/engine/offline.ts";
import type { Drift } from "../../offline/faults.ts";
import { fixture, withBackend } from "./support.ts";

/** What the real engine says of a deployed stack whose resources were changed by hand like this. */
const driftOf = (faults: readonly Drift[]): Promise<readonly Difference[]> =>
  withBackend(async (backend) => {
    const run = { stack: "dev", backend, project: fixture("containers"), policyPacks: [] };
    expect((await runOffline({ ...run, operation: "up" })).outcome).toBe("succeeded");
    const refreshed = await runOffline({ ...run, operation: "refresh", faults });
    expect(refreshed.outcome, JSON.stringify(refreshed.diagnostics)).toBe("succeeded");
    return driftIn(refreshed);
  });

const type = "docker:index/container:Container";

test("nothing that was changed by hand is no drift", async () => {
  expect(await driftOf([])).toEqual([]);
});

test("what was changed by hand is told with what is recorded and what is real, secrets hidden", async () => {
  const differences = await driftOf([
    { resource: "first", on: "read", found: { restart: "always" } },
    { resource: "second", on: "read", found: { envs: ["PASSWORD=seen by nobody"] } },
    { resource: "third", on: "read", found: undefined },
  ]);
  expect(differences).toEqual([
    { resource: "third", type, property: "", recorded: "there", real: "gone" },
    { resource: "first", type, property: "restart", recorded: "unless-stopped", real: "always" },
    { resource: "second", type, property: expect.stringMatching(/^envs/), recorded: "[secret]", real: "[secret]" },
  ]);
  for (const printed of [driftTable(differences), driftJson("dev", differences)]) {
    expect(printed).not.toMatch(/seen/);
    expect(printed).toContain("always");
  }
});

test("stand-ins are refused: they would say that nothing differs", async () => {
  vi.stubEnv("PULUMI_DEBUG_PROVIDERS", "docker:1234");
  try {
    await expect(findDrift({ project: fixture("plain"), stack: "dev" }, {})).rejects.toThrow(
      /dev: PULUMI_DEBUG_PROVIDERS attaches providers that may be stand-ins.*unset it/,
    );
  } finally {
    vi.unstubAllEnvs();
  }
});
