import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import { describe, expect, test } from "vitest";
import { processesNaming } from "../../support/processes.ts";
import { backendRelease } from "./releases.ts";
import { withDev } from "./with-dev.ts";

interface Point {
  readonly name: string;
  readonly reached: (said: Readable, docker: Docker) => Promise<unknown>;
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

/** The first time that the daemon tells this of a container of the.dev. */
const tells = (event: string): Point => ({
  name: `when a container's event is ${event}`,
  reached: async (_, docker) => {
    const label = ["project=trading-platform", "stack=dev"];
    const events = await docker.getEvents({ filters: { type: ["container"], event: [event], label } });
    await new Promise((resolve) => events.once("data", resolve));
  },
});

/** Along an update that replaces a container, from its plan to the end of the old one; in CI every third. */
const points = [
  ...[after(500), after(2000), says("planned in"), says("backend: replacing")],
  ...["create", "start", "health_status", "kill", "die", "destroy"].map(tells),
];
const chosen = process.env.TEST_SIZE === "issue" ? points : points.filter((_, index) => index % 3 === 1);

const options = { address: "127.0.77.3", releases: ["0.0.1", "0.0.2"], up: false };

await withDev("an update that is ended on its way", options, (the) => {
  let version = "0.0.1";

  describe.each(["SIGINT", "SIGKILL"] as const)("by %s", (signal) => {
    test.each(chosen)("$name: the next one recovers, nothing is orphaned, no engine lives on", async ({ reached }) => {
      version = version === "0.0.1" ? "0.0.2" : "0.0.1";
      await the.dev.settings(backendRelease(version));
      await the.dev.endedUp(signal, (said) => reached(said, the.docker));
      await noEngine();
      const { printed, refusal } = await the.dev.run("up");
      expect(refusal, printed).toBeUndefined();
      expect(await the.dev.orphans()).toEqual([]);
      expect((await the.dev.run("up")).printed).toContain("dev: nothing to do");
      const answer = await fetch(`http://${the.dev.address}/api/v1/orders`);
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
