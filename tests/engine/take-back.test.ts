import { expect, test } from "vitest";
import { runOffline } from "../../cli/engine/offline.ts";
import { withBackend } from "./support.ts";

test("what is stopped before its successor fails names the command that brings it back; what serves on does not", {
  timeout: 180_000,
}, async () => {
  await withBackend(async (backend) => {
    /** Which failed, and for which of them the command was named. */
    const failing = async (resource: string, maxConnections: number) => {
      const { steps, diagnostics } = await runOffline({
        stack: "dev",
        operation: "up",
        backend,
        policyPacks: [],
        recordEachStep: true,
        config: { "trading-platform:database": { maxConnections } },
        faults: [{ resource, on: "create", kind: "fail", message: "not healthy" }],
      });
      const advice = diagnostics.filter(({ message }) => message.includes("`./platform up dev` brings"));
      return {
        failed: steps.filter(({ state }) => state === "failed").map(({ name }) => name),
        advised: advice.map(({ message }) => message.split(":")[0]),
      };
    };
    expect(await failing("backend", 80)).toEqual({ failed: ["backend"], advised: [] });
    expect(await failing("database", 90)).toEqual({ failed: ["database"], advised: ["database"] });
  });
});
