import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { type DockerStack, image, labelled, makeDockerStack, otherImage, server } from "./stack.ts";

const daemon = await dockerDaemon();

describe.skipIf(daemon === undefined)("a stack on a real daemon", { timeout: 120_000 }, () => {
  let of: DockerStack;

  beforeAll(async () => {
    if (daemon !== undefined) of = await makeDockerStack(daemon);
  }, 120_000);
  afterAll(async () => {
    await of?.remove();
    await daemon?.release();
  });

  /** An image, a network, a volume with a file in it, and a container that has them all. */
  const program =
    ({ memory = 64, version = "1", reference = image } = {}) =>
    async () => {
      const labels = labelled(of.mark);
      const pulled = new docker.RemoteImage("image", { name: reference, keepLocally: true });
      const network = new docker.Network("net", { internal: true, labels });
      const volume = new docker.Volume("data", { labels });
      const web = server("web", of.mark, {
        image: pulled.imageId,
        command: ["-version", version],
        memory,
        memorySwap: memory,
        cpus: "0.5",
        networksAdvanced: [{ name: network.id, aliases: ["web"] }],
        volumes: [{ volumeName: volume.name, containerPath: "/data" }],
        restart: "unless-stopped",
        init: true,
        readOnly: true,
        capabilities: { drops: ["ALL"] },
        securityOpts: ["no-new-privileges:true"],
        envs: [pulumi.secret("PASSWORD=not to be seen")],
      });
      return { id: web.id, name: web.name, networks: web.networkDatas };
    };

  test("is made, and the second time nothing changes", async () => {
    expect(await of.up(program())).toEqual({ create: 5 });
    const { id, name } = await of.stack.outputs();
    const info = await of.daemon.docker.getContainer(String(id?.value)).inspect();
    expect(info.State.Health?.Status).toBe("healthy");
    expect(info.Name).toBe(`/${name?.value}`);
    expect(info.HostConfig).toMatchObject({ Memory: 64 * 1024 * 1024, NanoCpus: 5e8, CapDrop: ["ALL"] });
    expect(Object.keys(info.NetworkSettings.Networks)).toEqual([expect.stringMatching(/^net-/)]);
    expect(await of.left()).toHaveLength(3);
    expect(await of.up(program())).toEqual({});
    expect(await of.refresh()).toEqual({});
    expect(await of.up(program())).toEqual({});
  });

  test("a limit is changed in place, a command by a new container", async () => {
    const before = (await of.stack.outputs()).id?.value;
    expect(await of.up(program({ memory: 128 }))).toEqual({ update: 1 });
    expect((await of.daemon.docker.getContainer(before).inspect()).HostConfig.Memory).toBe(128 * 1024 * 1024);
    expect((await of.stack.outputs()).id?.value).toBe(before);
    expect(await of.up(program({ memory: 128, version: "2" }))).toEqual({ replace: 1 });
    expect((await of.stack.outputs()).id?.value).not.toBe(before);
    await expect(of.daemon.docker.getContainer(before).inspect()).rejects.toThrow(/no such container/i);
  });

  test("another image makes the container anew", async () => {
    const changes = await of.up(program({ memory: 128, version: "2", reference: otherImage }));
    expect(changes.replace).toBeGreaterThanOrEqual(1);
    expect(await of.up(program({ memory: 128, version: "2", reference: otherImage }))).toEqual({});
  });

  test("another image under the same name makes it anew once the state knows of it", async () => {
    const name = { repo: "test/server", tag: "renewed" };
    const renewed = { memory: 128, version: "2", reference: `${name.repo}:${name.tag}` };
    await of.daemon.docker.getImage(image).tag(name);
    await of.up(program(renewed));
    await of.daemon.docker.getImage(otherImage).tag(name);
    expect(await of.up(program(renewed))).toEqual({});
    // The engine tells of changed inputs alone, and takes note of the rest.
    await of.refresh();
    expect(await of.up(program(renewed))).toMatchObject({ replace: 1 });
    const container = of.daemon.docker.getContainer((await of.stack.outputs()).id?.value);
    const { Id } = await of.daemon.docker.getImage(otherImage).inspect();
    expect((await container.inspect()).Image).toBe(Id);
  });

  test("destroy leaves nothing", async () => {
    await of.destroy();
    expect(await of.left()).toEqual([]);
    await expect(of.daemon.docker.getImage(image).inspect()).resolves.toBeDefined();
  });
});
