import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { chromium, startBrowser } from "../../tests/support/products/chromium.ts";
import { ground, type Product } from "../../tests/support/products/product.ts";
import { startPrometheus } from "../../tests/support/products/prometheus.ts";
import { prometheus as recipe } from "./monitoring.ts";

const executablePath = await chromium();
const products = ground("prometheus-page");

/** Where the image's Prometheus has it, seen from its working folder. */
const place = "web/ui/static/mantine-ui/index.html";

const rules = stringify({
  groups: [
    {
      name: "own",
      rules: [
        { alert: "Fires", expr: "vector(1)", annotations: { summary: "it is <b>so</b>" } },
        { alert: "Calm", expr: "vector(1) > 2" },
      ],
    },
  ],
});

describe.skipIf(executablePath === undefined)("the page of a Prometheus that is built here, in Chromium", () => {
  let prometheus: Product;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    if (executablePath === undefined) return;
    prometheus = await startPrometheus(products, {
      config: (folder) => {
        const own = join(folder, place);
        mkdirSync(dirname(own), { recursive: true });
        copyFileSync(join(import.meta.dirname, "prometheus-page.html"), own);
        writeFileSync(join(folder, "own.rules"), rules);
        return {
          global: { scrape_interval: "1s", evaluation_interval: "1s" },
          rule_files: [join(folder, "own.rules")],
          scrape_configs: [{ job_name: "nobody", static_configs: [{ targets: ["127.0.0.1:9"] }] }],
        };
      },
    });
    browser = await startBrowser(executablePath);
    page = await browser.newPage();
    // The first time, Prometheus is built.
  }, 900_000);
  afterAll(async () => {
    await browser?.close();
    await products.clear();
  });

  const rows = () =>
    page.$$eval("#found tr", (all) => all.map((row) => [...row.children].map(({ textContent }) => textContent)));
  /** The rows of a page, once one of them has such a cell. */
  async function rowsOf(path: string, cell: string): Promise<readonly (readonly (string | null)[])[]> {
    const found: (readonly (string | null)[])[] = [];
    await expect
      .poll(
        async () => {
          await page.goto(`${prometheus.url}/${path}`, { waitUntil: "networkidle0" });
          found.splice(0, found.length, ...(await rows()));
          return found.flat();
        },
        { timeout: 30_000, interval: 500 },
      )
      .toContain(cell);
    return found;
  }

  test("is in the image where Prometheus looks for it", () => {
    const paths = recipe.parts.flatMap((part) => (part.kind === "file" ? [part.path] : []));
    expect(paths).toContain(`${recipe.config.workingFolder}/${place}`);
    expect(recipe.config.workingFolder).toMatch(/\/prometheus$/);
  });

  test("shows what a link of a message asks", async () => {
    expect(await rowsOf("graph?g0.expr=up+%3D%3D+0&g0.tab=1", "0")).toEqual([
      ["series", "value"],
      ['up{instance="127.0.0.1:9", job="nobody"}', "0"],
    ]);
  });

  test("runs what is typed, and says what is wrong with it", async () => {
    await page.goto(`${prometheus.url}/query`);
    await page.locator("input").fill("1 +");
    await page.keyboard.press("Enter");
    await page.locator("#error ::-p-text(parse error)").wait();
    await page.locator("input").fill("1 + 1");
    await page.keyboard.press("Enter");
    await page.waitForFunction("document.querySelector('td')?.textContent === '2'");
  });

  test("shows alerts, those that fire first; what they say is no markup", async () => {
    const found = await rowsOf("alerts", "firing");
    expect(found.map(([alert, state, , what]) => [alert, state, what])).toEqual([
      ["alert", "state", "what"],
      ["Fires", "firing", "it is <b>so</b>"],
      ["Calm", "inactive", "vector(1) > 2"],
    ]);
  });

  test("shows targets, and why one cannot be scraped", async () => {
    const [, target] = await rowsOf("targets", "down");
    expect(target).toEqual(["nobody", "http://127.0.0.1:9/metrics", "down", expect.stringContaining("refused")]);
  });
});
