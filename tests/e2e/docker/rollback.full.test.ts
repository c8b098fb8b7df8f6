import { expect, test } from "vitest";
import { startLoad } from "../support/load.ts";
import { backendRelease } from "./releases.ts";
import { type WithDev, withDev } from "./with-dev.ts";

/** At `--size=issue` as many as for a release that goes forward. */
const requests = process.env.TEST_SIZE === "issue" ? 20_000 : 3_000;

const noChange = /^dev: 0 removed, 0 replaced, 0 changed, 0 added/;

const options = {
  address: "127.0.77.8",
  releases: ["0.0.1", "0.0.5"],
  // The stack file names no release that there is: the record decides.
  settings: backendRelease("0.0.0"),
  up: false,
  made: async ({ dev }: WithDev) => {
    for (const version of ["0.0.1", "0.0.5"]) {
      const { refusal, printed } = await dev.release(version);
      expect(refusal, printed).toBeUndefined();
    }
  },
};

await withDev("./platform rollback dev", options, (the) => {
  const image = (version: string) => the.docker.getImage(`localhost/trading/backend:${version}`);
  const running = () => the.dev.releases().map(({ version }) => version);

  test("after a deploy of a release, preview shows no change", async () => {
    expect(running()).toEqual(["0.0.5", "0.0.1"]);
    expect(await the.dev.preview()).toMatch(noChange);
  });

  test("a release whose image is missing: named, nothing is touched, nothing written", async () => {
    const { refusal, printed } = await the.dev.release("9.9.9");
    expect(refusal).toMatch(
      /^dev: 9\.9\.9 cannot be deployed, nothing was touched: .*localhost\/trading\/backend:9\.9\.9/,
    );
    expect(printed).toBe("");
    expect(running()).toEqual(["0.0.5", "0.0.1"]);
  });

  test("goes back under load: no request fails, the one before serves, and plain pulumi up keeps it", async () => {
    const load = startLoad(`http://${the.dev.address}/api/v1/orders`);
    await load.reach(requests / 4);
    const { refusal, printed } = await the.dev.rollback();
    expect(refusal, printed).toBeUndefined();
    await load.reach(Math.max(load.sent() + requests / 4, requests));
    const { sent, failures, answers, slowest } = await load.stop();
    console.log(`rollback: ${sent} requests, ${failures.length} failed, slowest ${slowest} ms`);
    expect(failures).toEqual([]);
    expect([...answers.keys()].sort()).toEqual(["0.0.1", "0.0.5"]);
    expect(printed).toMatch(/^dev: from 0\.0\.5, since [\s\S]*^dev: back to 0\.0\.1, deployed /m);
    expect(running()).toEqual(["0.0.1", "0.0.5", "0.0.1"]);
    const { outcome, changes } = await the.dev.plainUp();
    expect({ outcome, changed: changes.update + changes.replace + changes.create }).toEqual({
      outcome: "succeeded",
      changed: 0,
    });
    expect(await (await fetch(`http://${the.dev.address}/api/v1/orders`)).text()).toBe("0.0.1\n");
  });

  test("nothing ran before it, and a release that never was: both are said, with what there is", async () => {
    expect((await the.dev.rollback()).refusal).toMatch(/^dev: nothing ran before what runs; on record are 0\.0\.5/);
    expect((await the.dev.rollback("0.0.7")).refusal).toMatch(
      /^dev: "0\.0\.7" is no release that it ran; on record are 0\.0\.5/,
    );
  });

  test("an image that is gone: named, and what runs goes on", async () => {
    await image("0.0.5").remove({ force: true });
    const { refusal } = await the.dev.rollback("0.0.5");
    expect(refusal).toMatch(/^dev: 0\.0\.5 cannot be deployed, nothing was touched: .*backend:0\.0\.5/);
    expect(running()[0]).toBe("0.0.1");
    expect(await (await fetch(`http://${the.dev.address}/api/v1/orders`)).text()).toBe("0.0.1\n");
  });
});
