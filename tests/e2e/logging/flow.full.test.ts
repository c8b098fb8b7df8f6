import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../../cli/open/free-port.ts";
import { until } from "../../support/process.ts";
import { startLoki, startPromtail } from "../../support/products/loki.ts";
import { type Ground, ground, type Product } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { balance, linesOf, type Stored } from "./stored.ts";

const atIssueSize = process.env.TEST_SIZE === "issue";
const total = atIssueSize ? 100_000 : 10_000;
const outage = atIssueSize ? 60_000 : 5_000;

const settings = settingsOf("prod", "kubernetes");
/** Milliseconds: an attempt that gets no answer (Promtail's own `timeout`), and `max_period` of components/logging/promtail.ts. */
const longestPause = 20_000;
const services = ["gateway", "backend", "worker"] as const;
const read = [...services, "promtail"];

let products: Ground;
let port: number;
let loki: Product;
let promtail: Product;

beforeAll(async () => {
  products = ground("log-flow");
  mkdirSync(join(products.folder, "pods"));
  for (const service of read) writeFileSync(file(service), "");
  port = await freePort();
  loki = await startLoki(products, { settings, port });
  promtail = await startCollector();
  // The first time, Loki and Promtail are built.
}, 1_200_000);
afterAll(() => products?.clear());

const file = (service: string): string => join(products.folder, "pods", `${service}.log`);
const startCollector = () =>
  startPromtail(products, {
    settings,
    lokiUrl: `http://127.0.0.1:${port}`,
    files: Object.fromEntries(read.map((service) => [service, file(service)])),
  });

/** As the kubelet does it: the full file gets another name, and a new one is begun. */
const rotate = (): void => {
  for (const service of services) renameSync(file(service), `${file(service)}.${Date.now()}`);
};

interface Writing {
  /** Of the whole, from 0 to 1. */
  at(share: number): Promise<void>;
  readonly all: Promise<readonly string[]>;
}

/** Writes unique lines in turn to the services' files as the container runtime does (CRI), steadily over `seconds`. */
function write(run: string, count: number, overSeconds: number): Writing {
  const written: string[] = [];
  const all = (async () => {
    const steps = overSeconds * 20;
    for (let step = 1; step <= steps; step++) {
      const upTo = Math.floor((count * step) / steps);
      const texts: Record<string, string> = {};
      for (let index = written.length; index < upTo; index++) {
        const service = services[index % services.length] ?? "gateway";
        const time = `${new Date().toISOString().slice(0, 20)}${String(process.hrtime.bigint() % 1_000_000_000n).padStart(9, "0")}Z`;
        const line = JSON.stringify({
          level: "INFO",
          message: `${run} line ${index}`,
          correlation_id: `${run}-${index}-id`,
        });
        written.push(line);
        texts[service] = `${texts[service] ?? ""}${time} stdout F ${line}\n`;
      }
      for (const [service, text] of Object.entries(texts)) appendFileSync(file(service), text);
      await sleep(50);
    }
    return written;
  })();
  return {
    all,
    at: async (share) => {
      while (written.length < count * share) await sleep(20);
    },
  };
}

/** All that is stored of a run, once nothing more comes. */
async function settled(run: string, wanted: number): Promise<readonly Stored[]> {
  let before = -1;
  return until(
    `the lines of ${run} are stored`,
    async () => {
      const found = await linesOf(loki.url, `{stack="prod"} |= "${run} line"`);
      if (found.length >= wanted) return found;
      // What is lost never comes: nothing new for longer than Promtail's longest pause between two answers is the end.
      if (found.length === before) return found;
      before = found.length;
      await sleep(longestPause + 2_000);
      return undefined;
    },
    { timeoutSeconds: 180 },
  );
}

const report = (what: string, written: readonly string[], stored: readonly Stored[]) => {
  const found = balance(written, stored);
  console.log(`${what}: ${written.length} lines written, ${found.lost} lost, ${found.doubled} doubled`);
  return found;
};

test(`${total} lines: none is lost or doubled by rotation, a restart of Promtail, and an outage of Loki`, async () => {
  const writing = write("calm", total, atIssueSize ? 150 : 20);
  await writing.at(0.1);
  rotate();
  await writing.at(0.2);
  const stopped = performance.now();
  await promtail.stop();
  console.log(`Promtail stopped in ${Math.round(performance.now() - stopped)} ms`);
  promtail = await startCollector();
  await writing.at(0.4);
  rotate();
  await writing.at(0.5);
  await loki.stop();
  await sleep(outage);
  loki = await startLoki(products, { settings, port });
  await writing.at(0.8);
  rotate();
  const written = await writing.all;
  expect(report("calm", written, await settled("calm", written.length))).toEqual({ lost: 0, doubled: 0 });
}, 600_000);

test("of what Promtail says itself, only what it says of each line that it reads is not read", async () => {
  const line = (level: string, message: string) => JSON.stringify({ caller: "a.go:1", level, msg: message });
  const about = (service: string, level: string) =>
    appendFileSync(
      file(service),
      `${new Date().toISOString()} stdout F ${line(level, `own ${line("debug", level)}`)}\n`,
    );
  about("promtail", "debug");
  about("promtail", "info");
  about("backend", "debug");
  about("promtail", "error");
  const stored = await until("its error is stored", async () => {
    const found = await linesOf(loki.url, '{stack="prod"} |= "own"');
    const levels = found.map(({ labels: { service, level } }) => `${service} ${level}`).sort();
    return levels.includes("promtail ERROR") && levels.includes("backend DEBUG") ? levels : undefined;
  });
  expect(stored).toEqual(["backend DEBUG", "promtail ERROR", "promtail INFO"]);
});

test("Loki killed: what it has taken is there when it is back", async () => {
  const writing = write("loki-killed", 3000, 6);
  await writing.at(0.5);
  await loki.kill();
  loki = await startLoki(products, { settings, port });
  const written = await writing.all;
  expect(report("Loki killed", written, await settled("loki-killed", written.length))).toEqual({ lost: 0, doubled: 0 });
}, 120_000);

test("Promtail killed: at most the lines of its last seconds are lost, none is doubled", async () => {
  const rate = 500;
  const writing = write("promtail-killed", 10 * rate, 10);
  await writing.at(0.5);
  await promtail.kill();
  promtail = await startCollector();
  const written = await writing.all;
  const { lost, doubled } = report("Promtail killed", written, await settled("promtail-killed", written.length));
  expect(doubled).toBe(0);
  // A line waits for what might go on it, then for its batch; its position is written down once a second.
  expect(lost).toBeLessThan(3 * rate);
}, 120_000);

test("Promtail killed while Loki is away: as many lines are lost as a batch and the way to it hold", async () => {
  const rate = 500;
  const writing = write("both-killed", 10 * rate, 10);
  await writing.at(0.3);
  await loki.stop();
  await writing.at(0.6);
  await promtail.kill();
  loki = await startLoki(products, { settings, port });
  promtail = await startCollector();
  const written = await writing.all;
  const { lost, doubled } = report("both gone", written, await settled("both-killed", written.length));
  expect(doubled).toBe(0);
  // What it holds of a batch that it cannot send, a second's lines, and its next steps hold some more: it reads no further.
  expect(lost).toBeLessThan(3 * rate);
}, 120_000);
