import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OfflineRun, runOffline } from "../../cli/engine/offline.ts";
import { openProject } from "../../cli/engine/project.ts";
import { type Operation, passed, type RunResult } from "../../cli/engine/result.ts";
import { root } from "../../cli/root.ts";
import { makeTemporaryBackend, type TemporaryBackend } from "../../offline/backend.ts";

/** What owns a workload's life on each target: the resource whose creation fails when the workload is broken. */
const owner: Readonly<Record<string, string>> = {
  docker: "docker:index/container:Container",
  ecs: "aws:ecs/service:Service",
};

const longTest = 300_000;

const changed = (result: RunResult): readonly string[] =>
  result.steps
    .filter(({ change, type }) => change !== "same" && !type.startsWith("pulumi:"))
    .map(({ change, name, type }) => `${change} ${name} ${type}`)
    .sort();

/** The platform's own stacks through a whole life, in order: each test goes on where the one before it ended. */
describe.each(openProject(root).stacks)("%s", (stack) => {
  let backend: TemporaryBackend;
  let resources = 0;
  let type = "";
  const run = (operation: Operation, more: Partial<OfflineRun> = {}): Promise<RunResult> =>
    runOffline({ stack, operation, backend, policyPacks: [], ...more });

  beforeAll(async () => {
    backend = await makeTemporaryBackend();
  });
  afterAll(() => backend.remove());

  test("previews, with every policy kept", { timeout: longTest }, async () => {
    const preview = await runOffline({ stack, operation: "preview", backend });
    expect(preview.violations).toEqual([]);
    // Whatever a policy guards is known before the update, also what stack policies judge only after it.
    expect(preview.warnings.filter(({ message }) => message.includes("could not be judged"))).toEqual([]);
    expect(preview.diagnostics).toEqual([]);
    expect(passed(preview)).toBe(true);
    expect(preview.changes).toMatchObject({ create: preview.resources, same: 0 });
    resources = preview.resources;
    type = owner[String(preview.outputs.target)] ?? "";
    expect(type).not.toBe("");
  });

  test("a workload that cannot start fails the update, with its name and the reason", {
    timeout: longTest,
  }, async () => {
    const faults = [{ resource: `${type}::backend`, on: "create", kind: "fail", message: "no capacity" }] as const;
    const failed = await run("up", { faults });
    expect(failed.outcome).toBe("failed");
    expect(failed.steps.filter(({ state }) => state === "failed").map(({ name }) => name)).toEqual(["backend"]);
    expect(JSON.stringify(failed.diagnostics)).toContain("no capacity");
  });

  test("Ctrl-C stops it in good order", { timeout: longTest }, async () => {
    const interrupt = new AbortController();
    const stopped = await run("up", {
      faults: [{ resource: `${type}::backend`, on: "create", kind: "slow", milliseconds: 1000 }],
      interrupt: interrupt.signal,
      onProgress: (progress) => {
        if (progress.kind === "step" && progress.step.type === type && progress.step.name === "backend")
          interrupt.abort();
      },
    });
    expect(stopped.outcome).toBe("interrupted");
  });

  test("the next update completes it", { timeout: longTest }, async () => {
    const recovered = await run("up");
    expect(recovered.outcome).toBe("succeeded");
    expect(recovered.resources).toBe(resources);
  });

  test("and another one changes nothing", { timeout: longTest }, async () => {
    const again = await run("up");
    expect(changed(again)).toEqual([]);
    expect(again.changes.same).toBe(resources);
  });

  test("one setting changes only what it must", { timeout: longTest }, async () => {
    const config = { "trading-platform:metrics": { retention: "9d" } };
    const update = await run("up", { config });
    expect(update.outcome).toBe("succeeded");
    expect(changed(update).length).toBeGreaterThan(0);
    // The part of the platform states it, the workload keeps it.
    const must = / prometheus | monitoring trading-platform:monitoring:MonitoringStack/;
    expect(changed(update).filter((line) => !must.test(line))).toEqual([]);
    expect(changed(await run("preview", { config: { ...config, "offline:secrets": "placeholder" } }))).toEqual([]);
  });

  test("is destroyed to the last resource", { timeout: longTest }, async () => {
    const destroyed = await run("destroy");
    expect(destroyed.outcome).toBe("succeeded");
    expect(destroyed.changes.delete).toBe(resources);
  });
});
