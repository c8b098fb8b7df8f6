import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { runOffline } from "../../cli/engine/offline.ts";
import { passed } from "../../cli/engine/result.ts";
import { root } from "../../cli/root.ts";
import { execute, fixture, newcomer, platform, withBackend, withFolder } from "./support.ts";

afterEach(() => vi.unstubAllEnvs());

describe("an offline preview", () => {
  test("needs no passphrase, though the stack file has values encrypted with somebody else's", async () => {
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", undefined);
    const result = await withBackend((backend) =>
      runOffline({ stack: "dev", operation: "preview", backend, project: fixture("tiny") }),
    );
    expect(result.diagnostics).toEqual([]);
    expect(passed(result)).toBe(true);
    expect(result.resources).toBe(3);
    expect(result.changes).toMatchObject({ create: 3, same: 0 });
    expect(result.outputs).toMatchObject({ replicas: 2, secrets: "unknown" });
  });

  test("shows no secret and sees nobody's credentials", async () => {
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "somebody's key");
    const result = await withBackend((backend) =>
      runOffline({ stack: "dev", operation: "preview", backend, project: fixture("tiny"), policyPacks: [] }),
    );
    expect(result.outputs).toMatchObject({ password: "[secret]", credentials: "none" });
    expect(JSON.stringify(result)).not.toMatch(/not to be seen|somebody's key/);
  });

  test("takes settings from the file and, over them, from the caller", async () => {
    const { resources } = await withBackend((backend) =>
      runOffline({
        stack: "dev",
        operation: "preview",
        backend,
        project: fixture("tiny"),
        policyPacks: [],
        config: { "tiny:replicas": 5 },
      }),
    );
    expect(resources).toBe(6);
  });

  test("tells a program's own error once, in its words", async () => {
    const result = await withBackend((backend) =>
      runOffline({ stack: "dev", operation: "preview", backend, project: fixture("broken"), policyPacks: [] }),
    );
    expect(result.outcome).toBe("failed");
    expect(result.diagnostics).toEqual([
      {
        severity: "error",
        urn: "",
        message: "stack dev has 2 problems:\n  replicas: must be at least 1\n  domain: must not be empty",
      },
    ]);
  });

  test("says where its time went, phase after phase", async () => {
    const { timeline, seconds } = await withBackend((backend) =>
      runOffline({ stack: "dev", operation: "preview", backend, project: fixture("tiny") }),
    );
    const { started, prepared, engine, policies, program, resources, ended } = timeline;
    const order = [started, prepared, engine, policies, program, resources, ended];
    expect(order).toEqual([...order].sort((a, b) => Number(a) - Number(b)));
    expect(order).not.toContain(undefined);
    expect(ended).toBe(seconds);
  });

  test("touches no network: it runs where there is none but loopback", async ({ skip }) => {
    const noNetwork = ["--net", "--map-root-user", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];
    const allowed = await execute("unshare", [...noNetwork, "true"]).catch(() => ({ code: 1 }));
    if (allowed.code !== 0) skip("a network namespace cannot be made here (unshare --net, ip)");
    const preview = [...platform, "preview", "dev", "--offline", "--json"];
    const { code, stdout, stderr } = await withFolder((home) =>
      execute("unshare", [...noNetwork, ...preview], newcomer(home)),
    );
    expect(stderr).not.toContain("unexpected");
    const { stacks } = JSON.parse(stdout);
    expect(stacks).toMatchObject([{ stack: "dev", target: "docker", outcome: "succeeded", violations: [] }]);
    expect(code).toBe(0);
  });
});

test("a program that cannot be loaded is one message with the place", async () => {
  const result = await withBackend((backend) =>
    runOffline({
      stack: "dev",
      operation: "preview",
      backend,
      project: fixture("tiny"),
      program: join(root, "no-such-program.ts"),
      policyPacks: [],
    }),
  );
  expect(result.outcome).toBe("failed");
  expect(result.diagnostics).toHaveLength(1);
  expect(result.diagnostics[0]?.message).toContain("no-such-program.ts");
});
