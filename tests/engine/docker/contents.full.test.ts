import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { extract } from "tar-stream";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { testServer } from "../../support/docker/test-image.ts";
import { withFolder } from "../support.ts";
import { type DockerStack, image, labelled, makeDockerStack, server } from "./stack.ts";

const daemon = await dockerDaemon();

describe.skipIf(daemon === undefined)("inside containers on a real daemon", { timeout: 120_000 }, () => {
  let of: DockerStack;
  beforeAll(async () => {
    if (daemon !== undefined) of = await makeDockerStack(daemon);
  }, 120_000);
  afterEach(async () => {
    await of.stack.destroy();
    expect(await of.left()).toEqual([]);
  }, 120_000);
  afterAll(async () => {
    await of?.remove();
    await daemon?.release();
  });

  const output = async (key: string): Promise<string> => String((await of.stack.outputs())[key]?.value);

  /** A file as it is there: owner, mode, content. */
  async function fileIn(id: string, path: string, encoding: BufferEncoding = "utf8") {
    const archive = Buffer.from(await buffer(await of.daemon.docker.getContainer(id).getArchive({ path })));
    const unpacked = extract();
    unpacked.end(archive);
    for await (const entry of unpacked) {
      const { uid, gid, mode = 0 } = entry.header;
      return {
        owner: `${uid}:${gid}`,
        mode: (mode & 0o777).toString(8),
        content: (await buffer(entry)).toString(encoding),
      };
    }
    throw new Error(`${path} is not there`);
  }

  /** Runs the test server's second program inside; its exit code. */
  async function run(id: string, ...words: readonly string[]): Promise<number | null> {
    const execution = await of.daemon.docker.getContainer(id).exec({ Cmd: [testServer, ...words], AttachStdout: true });
    const stream = await execution.start({});
    stream.resume();
    await new Promise((resolve) => stream.on("end", resolve));
    return (await execution.inspect()).ExitCode;
  }

  test("uploads arrive with content, owner and mode, also in a volume and for who has only that volume", async () => {
    await withFolder(async (folder) => {
      const source = join(folder, "source.bin");
      await writeFile(source, Buffer.from([0, 1, 2, 255]));
      await of.up(async () => {
        const labels = labelled(of.mark);
        const volume = new docker.Volume("files", { labels });
        const loader = new docker.Container("loader", {
          image,
          labels,
          start: false,
          mustRun: false,
          networkMode: "none",
          command: ["never-started"],
          volumes: [{ volumeName: volume.name, containerPath: "/etc/app" }],
          uploads: [
            { file: "/etc/app/plain.conf", content: "größer = ja\n" },
            { file: "/etc/app/deep/run.sh", content: "true\n", executable: true },
            {
              file: "/etc/app/key.pem",
              contentBase64: pulumi.secret(Buffer.from("secret key").toString("base64")),
              permissions: "0440",
              owner: "0",
              group: "101",
            },
            { file: "/etc/app/named", content: "x", owner: "daemon", group: "root", permissions: "0600" },
            { file: "/etc/app/source.bin", source },
          ],
        });
        const reader = server(
          "reader",
          of.mark,
          { volumes: [{ volumeName: volume.name, containerPath: "/etc/app", readOnly: true }], readOnly: true },
          [loader],
        );
        return { id: reader.id, loader: loader.id };
      });
      const id = await output("id");
      expect(await fileIn(id, "/etc/app/plain.conf")).toEqual({ owner: "0:0", mode: "644", content: "größer = ja\n" });
      expect(await fileIn(id, "/etc/app/deep/run.sh")).toMatchObject({ mode: "744" });
      expect(await fileIn(id, "/etc/app/key.pem")).toEqual({ owner: "0:101", mode: "440", content: "secret key" });
      const daemonUser = Number(execFileSync("id", ["-u", "daemon"]));
      expect(await fileIn(id, "/etc/app/named")).toMatchObject({ owner: `${daemonUser}:0`, mode: "600" });
      expect((await of.daemon.docker.getContainer(await output("loader")).inspect()).State.Status).toBe("created");
      expect(await of.recorded()).not.toContain(Buffer.from("secret key").toString("base64"));
      expect(await fileIn(id, "/etc/app/source.bin", "latin1")).toMatchObject({ content: "\u0000\u0001\u0002\u00ff" });
    });
  });

  test("a network is open to who is in it, by the alias, and closed to all others", async () => {
    await of.up(async () => {
      const labels = labelled(of.mark);
      const own = new docker.Network("own", { internal: true, labels });
      const other = new docker.Network("other", { internal: true, labels });
      const target = server("target", of.mark, { networksAdvanced: [{ name: own.id, aliases: ["target"] }] });
      const friend = server("friend", of.mark, { networksAdvanced: [{ name: other.id }, { name: own.id }] });
      const stranger = server("stranger", of.mark, { networksAdvanced: [{ name: other.id }] });
      const address = target.networkDatas.apply(([data]) => data?.ipAddress ?? "");
      return { target: target.id, friend: friend.id, stranger: stranger.id, address };
    });
    const [friend, stranger, address] = [await output("friend"), await output("stranger"), await output("address")];
    expect(address).toMatch(/^10\.|^172\.|^192\./);
    expect(await run(friend, "connect", "target:8080")).toBe(0);
    expect(await run(friend, "connect", `${address}:8080`)).toBe(0);
    expect(await run(stranger, "connect", "target:8080")).toBe(1);
    expect(await run(stranger, "connect", `${address}:8080`)).toBe(1);
    const { NetworkSettings } = await of.daemon.docker.getContainer(friend).inspect();
    expect(Object.keys(NetworkSettings.Networks).sort()).toEqual([
      expect.stringMatching(/^other-/),
      expect.stringMatching(/^own-/),
    ]);
  });

  test("a container that runs once is waited for, and its log is an output", async () => {
    await of.up(async () => {
      const once = new docker.Container("once", {
        image,
        labels: labelled(of.mark),
        command: ["-exit", "7", "-say", "hello"],
        attach: true,
        logs: true,
        mustRun: false,
      });
      return { log: once.containerLogs, exitCode: once.exitCode };
    });
    expect(await output("log")).toBe("hello\ngoodbye\n");
    expect(await output("exitCode")).toBe("7");
    expect(await of.refresh()).toEqual({});
  });

  test("a port that the daemon chose is an output", async () => {
    await of.up(async () => {
      const web = server("web", of.mark, { ports: [{ internal: 8080, ip: "127.0.0.1" }] });
      return { port: web.ports.apply((ports) => ports?.[0]?.external) };
    });
    expect(await (await fetch(`http://127.0.0.1:${await output("port")}/`)).text()).toBe("1\n");
    expect(await of.refresh()).toEqual({});
  });

  test("a provider of its own says which daemon and who pulls; what the driver does not know of it is refused", async () => {
    const through = (args: docker.ProviderArgs) => async () => {
      const provider = new docker.Provider("docker", args);
      new docker.RemoteImage("image", { name: image, keepLocally: true }, { provider });
    };
    const login = { address: "mirror.example.com", username: "me", password: pulumi.secret("not to be seen") };
    await expect(of.up(through({ host: "unix:///nowhere/docker.sock" }))).rejects.toThrow(
      "no Docker daemon answers at unix:///nowhere/docker.sock",
    );
    await of.up(through({ host: of.daemon.host, registryAuth: [login] }));
    expect(await of.recorded()).not.toContain("not to be seen");
    await expect(of.up(through({ host: of.daemon.host, context: "remote" }))).rejects.toThrow(
      /context.*is not known to the driver of the Docker daemon/s,
    );
  });

  test("what only the official plugin makes is refused before anything is made", async () => {
    const said = (program: PulumiFn): Promise<string> => of.up(program).then(() => "none", String);
    const tag = async () => {
      new docker.Tag("tag", { sourceImage: image, targetImage: "test/other:1" });
    };
    expect(await said(tag)).toMatch(/docker:index\/tag:Tag is not made by the driver of the Docker daemon/);
    const graphics = async () => {
      new docker.Container("gpu", { image, gpus: "all", labels: labelled(of.mark) });
    };
    expect(await said(graphics)).toMatch(/gpus.*only the official Docker plugin does that|only the official.*gpus/s);
    expect(await of.left()).toEqual([]);
  });
});
