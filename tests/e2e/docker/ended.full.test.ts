import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { processesNaming } from "../../support/processes.ts";
import { type DevStack, firstUp, makeDevStack } from "./dev-stack.ts";
import { backendRelease, importReleases } from "./releases.ts";

const daemon = await dockerDaemon();

interface Point {
  readonly name: string;
  readonly reached: (said: Readable) => Promise<unknown>;
}

const after = (milliseconds: number): Point => ({
  name: `after ${milliseconds} ms`,
  reached: () => delay(milliseconds),
});

const says = (words: string): Point => ({
  name: `when it says "${words}"`,
  reached: async (said) => {
    let text = "";
    await new Promise<void>((resolve) =>
      said.on("data", (more: string) => {
        text += more;
        if (text.includes(words)) resolve();
      }),
    );
  },
});

/** The first time that the daemon tells this of a container of dev. */
const tells = (event: string): Point => ({
  name: `when a container's event is ${event}`,
  reached: async () => {
    const label = ["project=trading-platform", "stack=dev"];
    const events = await daemon?.docker.getEvents({ filters: { type: ["container"], event: [event], label } });
    await new Promise((resolve) => events?.once("data", resolve));
  },
});

/** Along an update that replaces a container, from its plan to the end of the old one; in CI every third. */
const points = [
  ...[after(500), after(2000), says("planned in"), says("backend: replacing")],
  ...["create", "start", "health_status", "kill", "die", "destroy"].map(tells),
];
const chosen = process.env.TEST_SIZE === "issue" ? points : points.filter((_, index) => index % 3 === 1);

describe.skipIf(daemon === undefined)("an update that is ended on its way", { timeout: 600_000 }, () => {
  let dev: DevStack;
  beforeAll(async () => {
    if (daemon === undefined) return;
    dev = await makeDevStack(daemon, "127.0.77.3");
    await importReleases(daemon, "0.0.1", "0.0.2");
  }, firstUp);
  afterAll(async () => {
    await dev?.remove();
    await daemon?.release();
  }, 120_000);

  let version = "0.0.1";

  describe.each(["SIGINT", "SIGKILL"] as const)("by %s", (signal) => {
    test.each(chosen)("$name: the next one recovers, nothing is orphaned, no engine lives on", async ({ reached }) => {
      version = version === "0.0.1" ? "0.0.2" : "0.0.1";
      await dev.settings(backendRelease(version));
      await dev.endedUp(signal, reached);
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
  const deadline = performance.now() + 30_000;
  for (let left = await engines(); left.length > 0; left = await engines()) {
    if (performance.now() > deadline) throw new Error(`still there: ${left.join("; ")}`);
    await delay(200);
  }
}

const engines = async (): Promise<readonly string[]> =>
  ((await processesNaming(process.env.XDG_DATA_HOME ?? "nowhere")) ?? []).filter((command) =>
    /(^|\/)pulumi(-\S+)? /.test(command),
  );
