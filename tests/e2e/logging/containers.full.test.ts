import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { importTestServer } from "../../support/docker/test-image.ts";
import { at, text } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { startLoki, startPromtail } from "../../support/products/loki.ts";
import { type Ground, ground, type Product } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { balance, linesOf, type Stored } from "./stored.ts";

const daemon = await dockerDaemon();
const total = process.env.TEST_SIZE === "issue" ? 100_000 : 10_000;
/** Lines that a container has written when Promtail has found it. */
const before = 10;
/** In each of four bursts. */
const burst = total / 4;

/** A stack of this test alone: Promtail reads no others' containers. */
const settings = { ...settingsOf("dev"), stack: `logs-${randomUUID().slice(0, 8)}` };
const image = `trading-platform-test-writer:${settings.stack}`;

describe.skipIf(daemon === undefined)("lines of containers on a real daemon", { timeout: 600_000 }, () => {
  let products: Ground;
  let loki: Product;
  const docker = (): Docker => daemon?.docker ?? expect.unreachable("there is no daemon");

  beforeAll(async () => {
    if (daemon === undefined) return;
    products = ground("log-containers");
    await importTestServer(docker(), image);
    loki = await startLoki(products, { settings });
    await startPromtail(products, { settings, lokiUrl: loki.url, dockerHost: daemon.host });
    // The first time, Loki and Promtail are built.
  }, 1_200_000);
  afterAll(async () => {
    await products?.clear();
    const filters = { label: [`stack=${settings.stack}`] };
    for (const { Id } of (await daemon?.docker.listContainers({ all: true, filters })) ?? [])
      await docker().getContainer(Id).remove({ force: true });
    await daemon?.docker.getImage(image).remove({ force: true });
    await daemon?.release();
  }, 120_000);

  /** A container that writes numbered lines: a few, and more of them when it is told to; Promtail has found it. */
  async function writer(
    component: string,
    more = burst,
    log: Docker.HostConfig["LogConfig"] = { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } },
  ): Promise<Docker.Container> {
    const container = await docker().createContainer({
      Image: image,
      Cmd: ["write", String(before), String(more)],
      Labels: { stack: settings.stack, component },
      HostConfig: { LogConfig: log },
    });
    await container.start();
    await until(`${component} is read`, async () => ((await found(component)).length === before ? true : undefined));
    return container;
  }

  /** Until the daemon has got that line, which is the last one. */
  const hasWritten = (container: Docker.Container, count: number): Promise<true> =>
    until(`${count} lines are written`, async () => {
      const end = await container.logs({ stdout: true, tail: 1 });
      return end.toString().includes(`line ${count - 1}\n`) ? true : undefined;
    });

  const linesIn = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `line ${index}`);
  const found = (component: string): Promise<readonly Stored[]> =>
    linesOf(loki.url, `{stack="${settings.stack}",service="${component}"}`);

  /** The last line of a component that is stored. */
  async function newest(component: string): Promise<string | undefined> {
    const words = { query: `{stack="${settings.stack}",service="${component}"}`, limit: "1" };
    const answer = await fetch(`${loki.url}/loki/api/v1/query_range?${new URLSearchParams(words)}`);
    return text(at(await answer.json(), "data", "result", 0, "values", 0, 1));
  }

  /** What became of its lines, once nothing more comes. */
  async function report(what: string, component: string, count: number) {
    let last = -1;
    const stored = await until(
      `the lines of ${component} are stored`,
      async () => {
        const all = await found(component);
        if (all.length >= count || all.length === last) return all;
        last = all.length;
        await sleep(8_000);
        return undefined;
      },
      { timeoutSeconds: 300 },
    );
    const became = balance(linesIn(count), stored);
    console.log(`${what}: ${count} lines written, ${became.lost} lost, ${became.doubled} doubled`);
    return became;
  }

  test.each(["first", "second"])(
    "a rollout that stops and removes the container at once loses and doubles no line (%s)",
    async (component) => {
      const container = await writer(component);
      await container.stop({ t: 30 });
      await container.remove();
      expect(await report("stopped and removed", component, before + burst)).toEqual({ lost: 0, doubled: 0 });
    },
  );

  test("a container that is killed and removed: no line that the daemon had is lost or doubled", async () => {
    const container = await writer("killed");
    await container.kill({ signal: "SIGHUP" });
    await hasWritten(container, before + burst);
    await container.remove({ force: true });
    expect(await report("killed and removed", "killed", before + burst)).toEqual({ lost: 0, doubled: 0 });
  });

  test("Docker rotates the log while lines come: none is lost or doubled", async () => {
    // Less than what fits into one file at once: what Docker rotates away twice before it was read, it skips.
    const more = 500;
    const rounds = burst / more;
    const container = await writer("rotated", more, {
      Type: "json-file",
      Config: { "max-size": "64k", "max-file": "3" },
    });
    for (let round = 1; round <= rounds; round++) {
      await container.kill({ signal: "SIGHUP" });
      const written = before + round * more;
      await until(
        `${written} lines are read`,
        async () => (await newest("rotated")) === `line ${written - 1}` || undefined,
      );
    }
    expect(await report("rotated by Docker", "rotated", before + burst)).toEqual({ lost: 0, doubled: 0 });
  });
});
