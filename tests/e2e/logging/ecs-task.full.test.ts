import { randomUUID } from "node:crypto";
import type Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { importTestServer } from "../../support/docker/test-image.ts";
import { until } from "../../support/process.ts";
import { startLoki, startPromtail } from "../../support/products/loki.ts";
import { type Ground, ground, type Product } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { linesOf } from "./stored.ts";

const daemon = await dockerDaemon();

/** A stack of this test alone: Promtail reads no others' containers. */
const settings = { ...settingsOf("staging"), stack: `task-${randomUUID().slice(0, 8)}` };
const image = `trading-platform-test-writer:${settings.stack}`;

/** What ECS' agent puts on every container of a task (amazon-ecs-agent, agent/engine/docker_task_engine.go). */
const ofTheAgent = { "com.amazonaws.ecs.cluster": settings.stack };

describe.skipIf(daemon === undefined)("a task of ECS on a real daemon", { timeout: 600_000 }, () => {
  let products: Ground;
  let loki: Product;
  const docker = (): Docker => daemon?.docker ?? expect.unreachable("there is no daemon");

  beforeAll(async () => {
    if (daemon === undefined) return;
    products = ground("log-task");
    await importTestServer(docker(), image);
    loki = await startLoki(products, { settings });
    await startPromtail(products, { settings, lokiUrl: loki.url, dockerHost: daemon.host });
    // The first time, Loki and Promtail are built.
  }, 1_200_000);
  afterAll(async () => {
    await products?.clear();
    const filters = { label: [`com.amazonaws.ecs.cluster=${settings.stack}`] };
    for (const { Id } of (await daemon?.docker.listContainers({ all: true, filters })) ?? [])
      await docker().getContainer(Id).remove({ force: true });
    await daemon?.docker.getImage(image).remove({ force: true });
    await daemon?.release();
  }, 120_000);

  async function started(network: string, lines: number, labels: Readonly<Record<string, string>>): Promise<string> {
    const container = await docker().createContainer({
      Image: image,
      Cmd: ["write", String(lines), "0"],
      Labels: { ...ofTheAgent, ...labels },
      HostConfig: { NetworkMode: network },
    });
    await container.start();
    return container.id;
  }

  test("its lines come to Loki: its container is in the network of the agent's, which has the task's interface", async () => {
    const holder = await started("none", 0, {});
    await started(`container:${holder}`, 10, { stack: settings.stack, component: "backend" });
    const query = `{stack="${settings.stack}",service="backend"}`;
    await until("it is read", async () => ((await linesOf(loki.url, query)).length === 10 ? true : undefined));
  });
});
