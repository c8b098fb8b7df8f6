import { execFile } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alertRules } from "../../../components/alerts/rules.ts";
import { describePlatform } from "../../../components/specification.ts";
import { seconds } from "../../../components/workload/index.ts";
import { at, list } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { startLoki, startPromtail } from "../../support/products/loki.ts";
import { type Ground, ground, type Product } from "../../support/products/product.ts";
import { startPrometheus } from "../../support/products/prometheus.ts";
import { settingsOf } from "../../support/stacks.ts";
import { balance, linesOf } from "./stored.ts";

const run = promisify(execFile);

/** Mebibytes of the disk: enough for Loki to start, and soon full. */
const size = 96;

// What takes minutes in production takes seconds here; Loki's disk and what it does there are as they are.
const production = settingsOf("prod", "kubernetes");
const warning = { window: seconds(10), for: seconds(3) };
const settings = {
  ...production,
  metrics: { ...production.metrics, scrapeInterval: seconds(1), scrapeTimeout: seconds(1) },
  alerts: { ...production.alerts, timing: { ...production.alerts.timing, warning } },
};

/** A file system of its own is where a file is; undefined where this machine mounts none. */
async function mounted(image: string, folder: string): Promise<(() => Promise<unknown>) | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  await run("truncate", ["-s", `${size}M`, image]);
  await run("mkfs.ext4", ["-q", "-F", "-m", "0", image]);
  mkdirSync(folder);
  return run("mount", ["-o", "loop", image, folder]).then(
    // What is still open there closes with this process.
    () => () => run("umount", ["--lazy", folder]),
    () => undefined,
  );
}

const products: Ground = ground("full-disk");
const disk = join(products.folder, "disk");
const unmount = await mounted(join(products.folder, "disk.img"), disk);
if (unmount === undefined) console.warn("a full disk is not tried: only root on Linux can mount one");

describe.skipIf(unmount === undefined)("Loki's disk is full", { timeout: 300_000 }, () => {
  const log = join(products.folder, "backend.log");
  const filler = join(disk, "filler");
  let loki: Product;
  let prometheus: Product;

  beforeAll(async () => {
    writeFileSync(log, "");
    loki = await onDisk();
    await startPromtail(products, { settings, lokiUrl: loki.url, files: { backend: log } });
    const alerts = describePlatform(settings).alerts.filter(({ name }) => name === "LogStorageFailing");
    prometheus = await startPrometheus(products, {
      config: (folder) => {
        writeFileSync(join(folder, "alert.rules"), alertRules(alerts, settings));
        return {
          global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
          rule_files: ["alert.rules"],
          scrape_configs: [{ job_name: "loki", static_configs: [{ targets: [loki.address] }] }],
        };
      },
    });
    // The first time, they are built.
  }, 1_200_000);
  afterAll(async () => {
    await unmount?.();
    await products.clear();
  });

  /** What it printed is elsewhere. */
  const onDisk = (port?: number): Promise<Product> =>
    startLoki(products, {
      settings,
      ...(port === undefined ? {} : { port }),
      changes: [
        [["common", "path_prefix"], disk],
        [["common", "storage"], { filesystem: { chunks_directory: join(disk, "chunks"), rules_directory: "" } }],
        [["compactor", "working_directory"], join(disk, "compactor")],
      ],
    });

  let count = 0;
  /** As the container runtime writes them, whoever reads. */
  function written(phase: string, lines: number): readonly string[] {
    const all = Array.from({ length: lines }, () => {
      count += 1;
      return JSON.stringify({ level: "INFO", message: `${phase} line ${count}`, padding: "x".repeat(1000) });
    });
    appendFileSync(log, all.map((line) => `${new Date().toISOString()} stdout F ${line}\n`).join(""));
    return all;
  }
  const stored = (phase: string) => linesOf(loki.url, `{stack="prod"} |= "${phase} line"`);
  const arrived = (lines: readonly string[], phase: string) =>
    until(`${phase} lines are there`, async () => (balance(lines, await stored(phase)).lost === 0 ? true : undefined));
  const fires = async (): Promise<boolean> => {
    const answer = await (await fetch(`${prometheus.url}/api/v1/alerts`)).json();
    return list(at(answer, "data", "alerts")).some((alert) => at(alert, "state") === "firing");
  };

  test("people are told, and no line is lost: what came meanwhile is there, and stays when there is room again", async () => {
    await arrived(written("before", 100), "before");

    await writeFile(filler, Buffer.alloc(size * 2 ** 20)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOSPC") throw error;
    });
    const meanwhile: string[] = [];
    await until("LogStorageFailing fires", async () => {
      meanwhile.push(...written("meanwhile", 50));
      return (await fires()) ? true : undefined;
    });

    rmSync(filler);
    await arrived(meanwhile, "meanwhile");
    await arrived(written("after", 100), "after");
    await until("the alert is over", async () => ((await fires()) ? undefined : true));

    // Now they are on the disk: they outlive Loki.
    await loki.stop();
    loki = await onDisk(Number(new URL(loki.url).port));
    await arrived(meanwhile, "meanwhile");
    expect(balance(meanwhile, await stored("meanwhile"))).toEqual({ lost: 0, doubled: 0 });
  });
});
