import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownDockerDaemon } from "../../support/docker/daemon.ts";
import { type DockerStack, makeDockerStack, server } from "./stack.ts";

const daemon = await ownDockerDaemon();

describe.skipIf(daemon === undefined)(
  "a daemon that is restarted in the middle of an update",
  { timeout: 180_000 },
  () => {
    let of: DockerStack;
    beforeAll(async () => {
      if (daemon !== undefined) of = await makeDockerStack(daemon);
    }, 120_000);
    afterAll(async () => {
      await of?.remove();
      await daemon?.release();
    }, 120_000);

    const program = (readyAfter: string) => async () => {
      server("web", of.mark, { command: ["-ready-after", readyAfter], waitTimeout: 60 });
    };

    test("fails it with the reason; what was made is recorded, and the next update goes on", async () => {
      const update = of.up(program("1h")).then(() => "none", String);
      for (let waited = 0; (await of.left()).length === 0 && waited < 300; waited++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await daemon?.restart();
      expect(await update).toMatch(/no Docker daemon answers at unix:|it ended with exit code/);
      expect(await of.left()).toHaveLength(1);
      await of.up(program("0s"));
      expect(await of.up(program("0s"))).toEqual({});
      expect(await of.left()).toHaveLength(1);
      await of.stack.destroy();
      expect(await of.left()).toEqual([]);
    });
  },
);
