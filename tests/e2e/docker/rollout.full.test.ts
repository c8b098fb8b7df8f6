import { expect, test } from "vitest";
import { componentOf, containersOf } from "../../../cli/docker/daemon.ts";
import { type Journal, startLoad } from "../support/load.ts";
import { backendRelease, backendRepository } from "./releases.ts";
import { withDev } from "./with-dev.ts";

/** At `--size=issue` the figure. */
const requests = process.env.TEST_SIZE === "issue" ? 20_000 : 4_000;

const bad = [
  { name: "never listens", version: "0.0.2", behaviour: ["-listen-after", "1h"], reason: /not healthy within 12 s/ },
  { name: "exits at once", version: "0.0.3", behaviour: ["-exit", "3", "-say", "no licence"], reason: /no licence/ },
  { name: "answers 500 on readiness", version: "0.0.4", behaviour: ["-ready-status", "500"], reason: /answers 500/ },
  { name: "has no image", version: "9.9.9", behaviour: [], reason: /localhost\/trading\/backend:9\.9\.9/ },
] as const;

const options = {
  address: "127.0.77.1",
  releases: ["0.0.1", "0.0.2", "0.0.3", "0.0.4", "0.0.5", "0.0.6"],
  settings: backendRelease("0.0.1"),
};

await withDev("a stateless workload behind the gateway, under load", options, (the) => {
  /** What customers saw while something happened, and for some time before and after. */
  async function underLoad(action: () => Promise<void>, least: number): Promise<Journal> {
    const load = startLoad(`http://${the.dev.address}/api/v1/orders`);
    await load.reach(least / 4);
    await action();
    await load.reach(Math.max(load.sent() + least / 4, least));
    return load.stop();
  }

  function report(name: string, { sent, failures, answers, slowest }: Journal): void {
    const failed = Map.groupBy(failures, ({ method, why }) => `${method} ${why.replace(/\d+ ms/, "too long")}`);
    for (const [why, those] of failed) console.log(`${name}: ${those.length} × ${why}, first after ${those[0]?.at} ms`);
    const served = [...answers].map(([version, count]) => `${version}: ${count}`).join(", ");
    console.log(`${name}: ${sent} requests, ${failures.length} failed, slowest ${slowest} ms, answers by ${served}`);
  }

  test("a good release: no request fails, and the new one serves", async () => {
    const journal = await underLoad(async () => {
      await the.dev.settings(backendRelease("0.0.5"));
      const { refusal, printed } = await the.dev.run("up");
      expect(refusal, printed).toBeUndefined();
    }, requests);
    report("good release", journal);
    expect(journal.failures).toEqual([]);
    expect(journal.sent).toBeGreaterThanOrEqual(requests);
    expect([...journal.answers.keys()].sort()).toEqual(["0.0.1", "0.0.5"]);
  });

  test.each(bad)(
    "a release that $name: it fails with the reason, again and again, and no request does",
    async ({ name, version, behaviour, reason }) => {
      const journal = await underLoad(async () => {
        await the.dev.settings(backendRelease(version, ...behaviour));
        const first = await the.dev.run("up");
        expect(first.refusal).toMatch(/^dev: up failed/);
        expect(first.printed).toMatch(reason);
        expect(first.printed).toMatch(/^dev: taken back: /m);
        for (const _ of [2, 3]) {
          const again = await the.dev.plainUp();
          expect(again.outcome).toBe("failed");
          expect(again.diagnostics.map(({ message }) => message).join("\n")).toMatch(reason);
        }
      }, requests / 4);
      report(name, journal);
      expect(journal.failures).toEqual([]);
      expect(journal.answers.has("0.0.5")).toBe(true);
    },
  );

  test("the next good release recovers, and after it nothing is to be done", async () => {
    const journal = await underLoad(async () => {
      await the.dev.settings(backendRelease("0.0.6"));
      const { refusal, printed } = await the.dev.run("up");
      expect(refusal, printed).toBeUndefined();
      expect((await the.dev.run("up")).printed).toContain("dev: nothing to do");
    }, requests / 4);
    report("recovery", journal);
    expect(journal.failures).toEqual([]);
    expect(journal.answers.has("0.0.6")).toBe(true);
  });

  test("an image that was built anew under its name is taken by the next update, and no request fails", async () => {
    const journal = await underLoad(async () => {
      await the.docker.getImage(`${backendRepository}:0.0.5`).tag({ repo: backendRepository, tag: "0.0.6" });
      const { refusal, printed } = await the.dev.run("up");
      expect(refusal, printed).toBeUndefined();
      expect((await the.dev.run("up")).printed).toContain("dev: nothing to do");
    }, requests / 4);
    expect(journal.failures).toEqual([]);
    const backend = (await containersOf({ docker: the.docker, stack: "dev" })).filter(
      (container) => componentOf(container) === "backend",
    );
    const { Id } = await the.docker.getImage(`${backendRepository}:0.0.5`).inspect();
    expect(backend.map(({ ImageID }) => ImageID)).toEqual([Id]);
  });

  test("destroy leaves nothing", async () => {
    expect((await the.dev.run("destroy")).refusal).toBeUndefined();
    expect(await the.dev.left()).toEqual([]);
  });
});
