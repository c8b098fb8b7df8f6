import { createServer } from "node:net";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { type DockerStack, healthcheck, image, labelled, makeDockerStack, server } from "./stack.ts";

const daemon = await dockerDaemon();
afterAll(() => daemon?.release());

describe.skipIf(daemon === undefined)("a container on a real daemon", { timeout: 180_000 }, () => {
  let of: DockerStack;
  beforeEach(async () => {
    if (daemon !== undefined) of = await makeDockerStack(daemon);
  }, 120_000);
  afterEach(async () => {
    await of.stack.destroy();
    expect(await of.left()).toEqual([]);
    await of.remove();
  }, 120_000);

  const program =
    (args: Partial<docker.ContainerArgs> = {}) =>
    async () => ({ id: server("web", of.mark, { waitTimeout: 4, ...args }).id });

  const failure = (args: Partial<docker.ContainerArgs>): Promise<string> =>
    of.up(program(args)).then(() => "none", String);

  const idNow = async (): Promise<unknown> => (await of.stack.outputs()).id?.value;

  test.each([
    {
      name: "never gets ready",
      args: { command: ["-ready-status", "500", "-say", "waiting for the moon"] },
      says: [
        /not healthy within 4 s: unhealthy/,
        /its last health check \(exit code 1\): http:\/\/127\.0\.0\.1:8080\/ready answers 500/,
        /waiting for the moon/,
      ],
    },
    {
      name: "exits at once",
      args: { command: ["-exit", "3"] },
      says: [/it ended with exit code 3/, /its last log lines:\s+goodbye/],
    },
    {
      name: "exits again and again",
      args: { command: ["-exit", "3"], restart: "unless-stopped" },
      says: [/not healthy within 4 s: .*restarted \d+ times/, /goodbye/],
    },
    {
      name: "has no health check to wait for",
      args: { healthcheck: { tests: ["NONE"] } },
      says: [/neither the container nor its image has a health check/],
    },
    { name: "has a command that is not there", args: { entrypoints: ["/nothing"] }, says: [/\/nothing.*no such file/] },
  ])(
    "that $name fails each time with the reason, the old one serves on, and a good one recovers",
    async ({ args, says }) => {
      await of.up(program());
      const serving = await idNow();
      for (const attempt of [1, 2, 3]) {
        const said = await failure(args);
        for (const pattern of says) expect(said, `attempt ${attempt}`).toMatch(pattern);
        expect((await of.daemon.docker.getContainer(String(serving)).inspect()).State.Health?.Status).toBe("healthy");
      }
      expect(await of.recorded()).toContain('"initErrors"');
      await of.up(program({ envs: ["RELEASE=good"] }));
      expect(await idNow()).not.toBe(serving);
      expect(await of.recorded()).not.toContain('"initErrors"');
      expect(await of.left()).toHaveLength(1);
      expect(await of.up(program({ envs: ["RELEASE=good"] }))).toEqual({});
    },
  );

  test("that has failed does not pass for good at the next update, even where the program says nothing about it", async () => {
    const plain = (status: string) => async () => {
      new docker.Container("web", {
        image,
        labels: labelled(of.mark),
        command: ["-ready-status", status],
        healthcheck,
        wait: true,
        waitTimeout: 4,
      });
    };
    await expect(of.up(plain("500"))).rejects.toThrow(/not healthy within 4 s/);
    await expect(of.up(plain("500"))).rejects.toThrow(/not healthy within 4 s/);
    // A refresh sees that it is not healthy, instead of taking the failure off the record.
    await of.stack.refresh();
    await expect(of.up(plain("500"))).rejects.toThrow(/not healthy within 4 s/);
    await of.up(plain("200"));
    expect(await of.up(plain("200"))).toEqual({});
  });

  test("whose image is nowhere is not made, and the message names it and the ways out", async () => {
    const missing = "localhost:1/nobody/nothing:1.2.3";
    const said = await failure({ image: missing });
    expect(said).toContain(`image ${missing} is not on the Docker daemon and cannot be pulled`);
    expect(said).toMatch(/build it here .*docker load.*registry/s);
    expect(await of.left()).toEqual([]);
    await of.stack.refresh();
    const pulled = async () => {
      new docker.RemoteImage("image", { name: missing });
    };
    await expect(of.up(pulled)).rejects.toThrow(`image ${missing} is not on the Docker daemon`);
    await of.up(program());
  });

  test("that needs a port which is taken says so, and recovers", async () => {
    const taken = createServer();
    const external = await new Promise<number>((resolve) => {
      taken.listen(0, "0.0.0.0", () => {
        const address = taken.address();
        resolve(typeof address === "object" ? (address?.port ?? 0) : 0);
      });
    });
    const args = { ports: [{ internal: 8080, external }] };
    try {
      expect(await failure(args)).toMatch(/another program or container has a port of this machine that web-\w+ needs/);
    } finally {
      taken.close();
    }
    await of.up(program(args));
    expect(await (await fetch(`http://127.0.0.1:${external}/`)).text()).toBe("1\n");
  });

  test("whose name is in use says so, and how to look", async () => {
    const other = await of.daemon.docker.createContainer({ name: `taken-${of.mark}`, Image: image });
    try {
      const said = await failure({ name: `taken-${of.mark}` });
      expect(said).toContain(`container taken-${of.mark} cannot be made`);
      expect(said).toContain(`docker rm -f taken-${of.mark}`);
    } finally {
      await other.remove({ force: true });
    }
  });

  test("tells no secret, neither its variable nor what it wrote into its log", async () => {
    const args = {
      envs: pulumi.secret(["PASSWORD=correct horse battery"]),
      command: ["-exit", "1", "-say", "cannot log in with correct horse battery"],
    };
    const said = await failure(args);
    expect(said).toContain("cannot log in with [secret]");
    expect(said).not.toContain("correct horse");
    const recorded = await of.recorded();
    expect(recorded).toContain("cannot log in with [secret]");
    expect(recorded).not.toContain("PASSWORD");
  });

  test("is left at once by Ctrl-C, and the next update goes on", async () => {
    const abort = new AbortController();
    const onEvent = ({ resourcePreEvent }: EngineEvent): void => {
      if (resourcePreEvent?.metadata.urn.endsWith("::web")) setTimeout(() => abort.abort(), 1000);
    };
    of.stack.workspace.program = program({ command: ["-ready-after", "1h"], waitTimeout: 600 });
    const began = performance.now();
    await expect(of.stack.up({ onEvent, signal: abort.signal })).rejects.toThrow();
    // Far from the ten minutes that it would have waited.
    expect(performance.now() - began).toBeLessThan(60_000);
    expect(await of.left()).toHaveLength(1);
    await of.up(program());
    expect(await of.up(program())).toEqual({});
    expect(await of.left()).toHaveLength(1);
  });

  test("that does not listen to SIGTERM is ended after its grace", async () => {
    await of.up(program({ command: ["-ignore-sigterm"], destroyGraceSeconds: 1 }));
    await of.stack.destroy();
    expect(await of.left()).toEqual([]);
  });
});
