import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containersOf } from "../../../cli/docker/daemon.ts";
import { isWell, statusOf } from "../../../cli/docker/status.ts";
import { ownDockerDaemon } from "../../support/docker/daemon.ts";
import { type DevStack, firstUp, makeDevStack } from "./dev-stack.ts";
import { backendRelease, importReleases } from "./releases.ts";

const daemon = await ownDockerDaemon();

describe.skipIf(daemon === undefined)("a daemon that is restarted in the middle of up", { timeout: 600_000 }, () => {
  let dev: DevStack;
  beforeAll(async () => {
    if (daemon === undefined) return;
    dev = await makeDevStack(daemon, "127.0.77.4");
    await importReleases(daemon, "0.0.1", "0.0.2");
  }, firstUp);
  afterAll(async () => {
    await dev?.remove();
    await daemon?.release();
  }, 120_000);

  test.each([
    { name: "the first one", version: "0.0.1", event: "create" },
    { name: "one that replaces", version: "0.0.2", event: "start" },
  ])("$name: it fails, the next one recovers, nothing is orphaned", async ({ version, event }) => {
    const { docker, restart } = daemon ?? expect.unreachable();
    await dev.settings(backendRelease(version, "-ready-after", "3s"));
    const label = ["project=trading-platform", "stack=dev", "component=backend"];
    const events = await docker.getEvents({ filters: { type: ["container"], event: [event], label } });
    const update = dev.run("up");
    await new Promise((resolve) => events.once("data", resolve));
    await restart();
    expect((await update).refusal).toMatch(/^dev: up failed/);

    const { printed, refusal } = await dev.run("up");
    expect(refusal, printed).toBeUndefined();
    expect(await dev.orphans()).toEqual([]);
    const rows = statusOf([], await containersOf({ docker, stack: "dev" }));
    expect(rows.map(({ component }) => component).sort()).toEqual(["backend", "gateway"]);
    expect(rows.filter((row) => !isWell(row) || (row.component === "backend" && row.version !== version))).toEqual([]);
    expect((await dev.run("up")).printed).toContain("dev: nothing to do");
  });

  test("destroy leaves nothing", async () => {
    expect((await dev.run("destroy")).refusal).toBeUndefined();
    expect(await dev.left()).toEqual([]);
  });
});
