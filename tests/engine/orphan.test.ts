import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { root } from "../../cli/root.ts";
import { withBackend } from "./support.ts";

/** Processes whose environment names this state; Linux only, undefined elsewhere. */
async function processesOn(directory: string): Promise<readonly string[] | undefined> {
  const processes = await readdir("/proc").catch(() => undefined);
  if (processes === undefined) return undefined;
  const using = await Promise.all(
    processes
      .filter((pid) => /^\d+$/.test(pid))
      .map(async (pid) => {
        const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
        return environment.includes(directory) ? await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "") : "";
      }),
  );
  return using.filter((command) => command !== "");
}

test.each(["SIGKILL", "SIGTERM"] as const)(
  "neither engine nor program outlive a parent that ends by %s",
  { timeout: 120_000 },
  async (signal) => {
    await withBackend(async ({ directory }) => {
      const parent = spawn(process.execPath, [join(root, "tests", "engine", "fixtures", "slow.ts"), directory], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(parent.stdout, "data");
      const meanwhile = await processesOn(directory);
      parent.kill(signal);
      await once(parent, "exit");
      if (meanwhile === undefined) return;
      expect(meanwhile.some((command) => command.includes("pulumi"))).toBe(true);
      const deadline = Date.now() + 30_000;
      while ((await processesOn(directory))?.length !== 0 && Date.now() < deadline) await sleep(200);
      expect(await processesOn(directory)).toEqual([]);
    });
  },
);
