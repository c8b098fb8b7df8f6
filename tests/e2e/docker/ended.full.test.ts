import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { importTestServer } from "../../support/docker/test-image.ts";
import { type DevStack, firstUp, makeDevStack } from "./dev-stack.ts";
import { backendRelease, backendRepository } from "./releases.ts";

const daemon = await dockerDaemon();

/** Along an update that takes about twelve seconds; in CI every third. */
const points = [500, 1500, 3000, 4500, 6000, 7000, 8000, 9000, 10_000, 11_000];
const chosen = process.env.TEST_SIZE === "issue" ? points : points.filter((_, index) => index % 3 === 2);

describe.skipIf(daemon === undefined)("an update that is ended on its way", { timeout: 240_000 }, () => {
  let dev: DevStack;
  beforeAll(async () => {
    if (daemon === undefined) return;
    dev = await makeDevStack(daemon, "127.0.77.3");
    for (const version of ["0.0.1", "0.0.2"]) await importTestServer(daemon.docker, `${backendRepository}:${version}`);
  }, firstUp);
  afterAll(async () => {
    await dev?.remove();
    await daemon?.release();
  }, 120_000);

  let version = "0.0.1";

  describe.each(["SIGINT", "SIGKILL"] as const)("by %s", (signal) => {
    test.each(chosen)("after %i ms: the next one recovers, nothing is orphaned, no engine lives on", async (after) => {
      version = version === "0.0.1" ? "0.0.2" : "0.0.1";
      await dev.settings(backendRelease(version));
      await dev.endedUp(signal, after);
      await noEngine();
      const { printed, refusal } = await dev.run("up");
      expect(refusal, printed).toBeUndefined();
      expect(await dev.orphans()).toEqual([]);
      expect((await dev.run("up")).printed).toContain("dev: nothing to do");
      const answer = await fetch(`http://${dev.address}/api/v1/orders`);
      expect(`${answer.status} ${(await answer.text()).trim()}`).toBe(`200 ${version}`);
    });
  });
});

/** Waits until every engine of this test's state is gone: one that lost its parent ends in good order, and soon. */
async function noEngine(): Promise<void> {
  const home = process.env.XDG_DATA_HOME ?? "nowhere";
  const deadline = performance.now() + 30_000;
  while (engines(home).length > 0) {
    if (performance.now() > deadline) throw new Error(`still there: ${engines(home).join("; ")}`);
    await delay(200);
  }
}

/** Command lines of `pulumi` processes whose environment names the folder. */
function engines(home: string): readonly string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        const isOurs = readFileSync(`/proc/${pid}/environ`, "utf8").includes(home);
        return isOurs && /(^|\/)pulumi(-\S+)? /.test(command) ? [command.trim()] : [];
      } catch {
        return [];
      }
    });
}
