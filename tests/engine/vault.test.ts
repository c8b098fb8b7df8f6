import { describe, expect, test } from "vitest";
import { runOffline } from "../../cli/engine/offline.ts";
import { passed, type RunResult } from "../../cli/engine/result.ts";
import { configInVault } from "../../components/vault/testing.ts";
import type { TemporaryBackend } from "../../offline/backend.ts";
import { withBackend } from "./support.ts";

type Config = Readonly<Record<string, unknown>>;

const inVault = (stack: string, target: string): Config => {
  const { vault, secrets } = configInVault(stack, target);
  return {
    "trading-platform:target": target,
    "trading-platform:vault": vault,
    "trading-platform:secrets": secrets,
  };
};

describe.each([
  ["dev", "docker"],
  ["prod", "ecs"],
  ["prod", "kubernetes"],
])("%s on %s with its secrets in Vault", (stack, target) => {
  test("previews, with every policy kept [requirement next/vault]", async () => {
    const result = await withBackend((backend) =>
      runOffline({ stack, operation: "preview", backend, config: inVault(stack, target) }),
    );
    expect(result.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(passed(result)).toBe(true);
  }, 120_000);
});

test("on Docker another entry means another agent, other files and another container, and no change means none", async () => {
  const up = async (backend: TemporaryBackend, config: Config): Promise<RunResult> => {
    const result = await runOffline({
      stack: "dev",
      operation: "up",
      backend,
      policyPacks: [],
      config: { "offline:secrets": "placeholder", ...config },
    });
    expect(result.outcome, JSON.stringify(result.diagnostics)).toBe("succeeded");
    return result;
  };
  const done = ({ steps }: RunResult) =>
    steps
      .filter(({ change }) => change !== "same")
      .map(({ change, type, name }) => `${change} ${type.slice(type.lastIndexOf(":") + 1)} ${name}`);
  await withBackend(async (backend) => {
    const config = inVault("dev", "docker");
    await up(backend, config);
    expect(done(await up(backend, config))).toEqual([]);
    const moved = {
      ...config,
      "trading-platform:secrets": {
        ...configInVault("dev", "docker").secrets,
        tokenSigningKey: { vault: { path: "trading/dev/anotherKey", key: "value" } },
      },
    };
    const steps = done(await up(backend, moved));
    for (const name of ["backend", "worker"]) {
      expect(steps).toContain(`replace Container ${name}`);
      expect(steps).toContain(`replace Container ${name}-agent`);
    }
    expect(steps.filter((step) => !/(?:backend|worker)/.test(step))).toEqual([]);
  });
}, 240_000);
