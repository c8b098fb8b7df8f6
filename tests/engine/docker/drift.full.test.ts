import * as docker from "@pulumi/docker";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { type DockerStack, labelled, makeDockerStack, server } from "./stack.ts";

const daemon = await dockerDaemon();

describe.skipIf(daemon === undefined)("what somebody did by hand", { timeout: 120_000 }, () => {
  let of: DockerStack;
  beforeAll(async () => {
    if (daemon !== undefined) of = await makeDockerStack(daemon);
  }, 120_000);
  afterAll(async () => {
    await of?.stack.destroy();
    await of?.remove();
    await daemon?.release();
  }, 120_000);

  const named = (name?: string) => async () => {
    const network = new docker.Network("net", { labels: labelled(of.mark) });
    const volume = new docker.Volume("data", { labels: labelled(of.mark) });
    const web = server("web", of.mark, {
      ...(name === undefined ? {} : { name }),
      memory: 64,
      memorySwap: 128,
      networksAdvanced: [{ name: network.id }],
      volumes: [{ volumeName: volume.name, containerPath: "/data" }],
    });
    return { id: web.id, network: network.id, volume: volume.name };
  };

  const program = named();

  beforeEach(async () => {
    await of.up(program);
    expect(await of.refresh()).toEqual({});
  }, 120_000);

  const output = async (key: string): Promise<string> => String((await of.stack.outputs())[key]?.value);
  const container = async () => of.daemon.docker.getContainer(await output("id"));

  /** A refresh sees it, and the next update puts it right; then nothing is left to do. */
  async function putRight(change: string, by = program): Promise<void> {
    const seen = await of.refresh();
    expect(Object.keys(seen)).not.toEqual([]);
    const done = await of.up(by);
    expect(done[change]).toBeGreaterThan(0);
    expect(await of.up(by)).toEqual({});
    expect((await (await container()).inspect()).State.Health?.Status).toBe("healthy");
  }

  test("a container that was removed is made anew", async () => {
    await (await container()).remove({ force: true });
    await putRight("create");
  });

  test("a container that was stopped is started", async () => {
    const before = await output("id");
    await (await container()).stop({ t: 0 });
    await putRight("update");
    expect(await output("id")).toBe(before);
  });

  test("a limit that was changed is set back", async () => {
    await (await container()).update({ Memory: 128 * 1024 * 1024, MemorySwap: 256 * 1024 * 1024 });
    await putRight("update");
    expect((await (await container()).inspect()).HostConfig.Memory).toBe(64 * 1024 * 1024);
  });

  test("a policy of restarting that was changed is set back", async () => {
    await (await container()).update({ RestartPolicy: { Name: "always" } });
    await putRight("update");
    expect((await (await container()).inspect()).HostConfig.RestartPolicy?.Name).toBe("no");
  });

  test("a container that was taken out of its network, or put into another, is made anew", async () => {
    const network = of.daemon.docker.getNetwork(await output("network"));
    await network.disconnect({ Container: await output("id"), Force: true });
    await putRight("replace");
    await of.daemon.docker.getNetwork("bridge").connect({ Container: await output("id") });
    await putRight("replace");
  });

  test("a container that was renamed is made anew where the program names it, else keeps the name", async () => {
    const name = `named-${of.mark}`;
    await (await container()).rename({ name: `renamed-${of.mark}` });
    await of.refresh();
    expect(await of.up(program)).toEqual({});
    await of.up(named(name));
    await (await container()).rename({ name: `renamed-${of.mark}` });
    await putRight("replace", named(name));
    expect(await of.left()).toContain(name);
    expect(await of.left()).not.toContain(`renamed-${of.mark}`);
  });

  test("network and volume that were removed are made anew, and what is in them", async () => {
    await (await container()).remove({ force: true });
    await of.daemon.docker.getNetwork(await output("network")).remove();
    await of.daemon.docker.getVolume(await output("volume")).remove();
    await putRight("create");
  });

  test("what is gone already is destroyed without a word", async () => {
    await (await container()).remove({ force: true });
    await of.daemon.docker.getNetwork(await output("network")).remove();
    await of.daemon.docker.getVolume(await output("volume")).remove();
    await of.stack.destroy();
    expect(await of.left()).toEqual([]);
  });
});
