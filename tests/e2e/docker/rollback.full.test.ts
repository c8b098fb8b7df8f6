import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { startLoad } from "../support/load.ts";
import { type DevStack, firstUp, makeDevStack } from "./dev-stack.ts";
import { backendRelease, importReleases } from "./releases.ts";

const daemon = await dockerDaemon();

/** At `--size=issue` as many as for a release that goes forward. */
const requests = process.env.TEST_SIZE === "issue" ? 20_000 : 3_000;

const noChange = /^dev: 0 removed, 0 replaced, 0 changed, 0 added/;

describe.skipIf(daemon === undefined)("./platform rollback dev", { timeout: 600_000 }, () => {
  let dev: DevStack;
  const image = (version: string) =>
    (daemon ?? expect.unreachable()).docker.getImage(`localhost/trading/backend:${version}`);
  const running = () => dev.releases().map(({ version }) => version);

  beforeAll(async () => {
    if (daemon === undefined) return;
    dev = await makeDevStack(daemon, "127.0.77.8");
    await importReleases(daemon, "0.0.1", "0.0.5");
    // The stack file names no release that there is: the record decides.
    await dev.settings(backendRelease("0.0.0"));
    for (const version of ["0.0.1", "0.0.5"]) {
      const { refusal, printed } = await dev.release(version);
      expect(refusal, printed).toBeUndefined();
    }
  }, firstUp);
  afterAll(async () => {
    await dev?.remove();
    await daemon?.release();
  }, 120_000);

  test("after a deploy of a release, preview shows no change", async () => {
    expect(running()).toEqual(["0.0.5", "0.0.1"]);
    expect(await dev.preview()).toMatch(noChange);
  });

  test("a release whose image is missing: named, nothing is touched, nothing written", async () => {
    const { refusal, printed } = await dev.release("9.9.9");
    expect(refusal).toMatch(
      /^dev: 9\.9\.9 cannot be deployed, nothing was touched: .*localhost\/trading\/backend:9\.9\.9/,
    );
    expect(printed).toBe("");
    expect(running()).toEqual(["0.0.5", "0.0.1"]);
  });

  test("goes back under load: no request fails, the one before serves, and plain pulumi up keeps it", async () => {
    const load = startLoad(`http://${dev.address}/api/v1/orders`);
    await load.reach(requests / 4);
    const { refusal, printed } = await dev.rollback();
    expect(refusal, printed).toBeUndefined();
    await load.reach(Math.max(load.sent() + requests / 4, requests));
    const { sent, failures, answers, slowest } = await load.stop();
    console.log(`rollback: ${sent} requests, ${failures.length} failed, slowest ${slowest} ms`);
    expect(failures).toEqual([]);
    expect([...answers.keys()].sort()).toEqual(["0.0.1", "0.0.5"]);
    expect(printed).toMatch(/^dev: from 0\.0\.5, since [\s\S]*^dev: back to 0\.0\.1, deployed /m);
    expect(running()).toEqual(["0.0.1", "0.0.5", "0.0.1"]);
    const { outcome, changes } = await dev.plainUp();
    expect({ outcome, changed: changes.update + changes.replace + changes.create }).toEqual({
      outcome: "succeeded",
      changed: 0,
    });
    expect(await (await fetch(`http://${dev.address}/api/v1/orders`)).text()).toBe("0.0.1\n");
  });

  test("nothing ran before it, and a release that never was: both are said, with what there is", async () => {
    expect((await dev.rollback()).refusal).toMatch(/^dev: nothing ran before what runs; on record are 0\.0\.5/);
    expect((await dev.rollback("0.0.7")).refusal).toMatch(
      /^dev: "0\.0\.7" is no release that it ran; on record are 0\.0\.5/,
    );
  });

  test("an image that is gone: named, and what runs goes on", async () => {
    await image("0.0.5").remove({ force: true });
    const { refusal } = await dev.rollback("0.0.5");
    expect(refusal).toMatch(/^dev: 0\.0\.5 cannot be deployed, nothing was touched: .*backend:0\.0\.5/);
    expect(running()[0]).toBe("0.0.1");
    expect(await (await fetch(`http://${dev.address}/api/v1/orders`)).text()).toBe("0.0.1\n");
  });
});
