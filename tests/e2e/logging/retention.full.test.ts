import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../../cli/open/free-port.ts";
import { until } from "../../support/process.ts";
import { startLoki } from "../../support/products/loki.ts";
import { type Ground, ground, type Product } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { linesOf } from "./stored.ts";

/** What the compactor needs a day for takes seconds; that it deletes, and by what, is the stack's own configuration. */
const quick = [
  [["limits_config", "retention_period"], "24h"],
  [["compactor", "compaction_interval"], "3s"],
  [["compactor", "retention_delete_delay"], "1s"],
] as const;

let products: Ground;
let port: number;
let loki: Product;
beforeAll(async () => {
  products = ground("log-retention");
  port = await freePort();
  loki = await start();
  // The first time, Loki is built.
}, 1_200_000);
afterAll(() => products?.clear());

const start = () => startLoki(products, { settings: settingsOf("prod", "kubernetes"), port, changes: quick });

const hour = 3_600_000;

async function push(service: string, message: string, hoursAgo: number): Promise<void> {
  const time = `${Date.now() - hoursAgo * hour}000000`;
  const body = JSON.stringify({ streams: [{ stream: { stack: "prod", service }, values: [[time, message]] }] });
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${loki.url}/loki/api/v1/push`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Chunks that are on the disk: what a query no longer finds may still be there. */
function chunks(): number {
  const folder = join(products.folder, "loki", "chunks", "fake");
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}

const found = async (message: string): Promise<number> =>
  (await linesOf(loki.url, `{stack="prod"} |= "${message}"`, 100n)).length;

test("what is older than the retention is deleted from the disk, what is younger stays", async () => {
  await push("gateway", "an old line", 60);
  await push("backend", "a young line", 1);
  await fetch(`${loki.url}/flush`, { method: "POST" });
  await until("both are on the disk", async () => (chunks() === 2 ? true : undefined), { timeoutSeconds: 60 });
  // A start hands the index over to the compactor at once, which is done every quarter of an hour else.
  await loki.stop();
  loki = await start();
  await until("one is deleted", async () => (chunks() < 2 ? true : undefined), { timeoutSeconds: 240 });
  expect(chunks()).toBe(1);
  expect(await found("an old line")).toBe(0);
  expect(await found("a young line")).toBe(1);
}, 400_000);
