import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { root } from "../../cli/root.ts";
import { processesNaming } from "../support/processes.ts";
import { withBackend } from "./support.ts";

test.each(["SIGKILL", "SIGTERM"] as const)(
  "neither engine nor program outlive a parent that ends by %s",
  { timeout: 120_000 },
  async (signal) => {
    await withBackend(async ({ directory }) => {
      const parent = spawn(process.execPath, [join(root, "tests", "engine", "fixtures", "slow.ts"), directory], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(parent.stdout, "data");
      const meanwhile = await processesNaming(directory);
      parent.kill(signal);
      await once(parent, "exit");
      if (meanwhile === undefined) return;
      expect(meanwhile.some((command) => command.includes("pulumi"))).toBe(true);
      const deadline = Date.now() + 30_000;
      while ((await processesNaming(directory))?.length !== 0 && Date.now() < deadline) await sleep(200);
      expect(await processesNaming(directory)).toEqual([]);
    });
  },
);
