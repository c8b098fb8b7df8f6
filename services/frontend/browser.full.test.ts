import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../cli/open/free-port.ts";
import { root } from "../../cli/root.ts";
import { chromium, startBrowser } from "../../tests/support/products/chromium.ts";
import { type Gateway, hasNginx, startGateway } from "../../tests/support/products/gateway.ts";
import { type Ground, ground } from "../../tests/support/products/product.ts";
import { startProcess, type TestProcess, testConfiguration } from "../backend/testing/backend.ts";
import { startedServers } from "../backend/testing/servers.ts";

const executablePath = await chromium();
const servers = executablePath !== undefined && (await hasNginx()) ? await startedServers() : undefined;

describe.skipIf(servers === undefined)("the page in Chromium, through the gateway", () => {
  let on: Ground;
  let gateway: Gateway;
  let processes: readonly TestProcess[] = [];
  let frontend: ChildProcess;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    if (servers === undefined || executablePath === undefined) return;
    on = ground("frontend");
    const stores = { database: servers.postgres.configuration, cache: servers.redis.configuration };
    const [backend, worker] = await Promise.all([startProcess("backend", stores), startProcess("worker", stores)]);
    processes = [backend, worker];
    const port = await freePort();
    const variables = { PORT: `${port}`, ENVIRONMENT: "production", SERVICE_VERSION: "2.1.0", LOG_LEVEL: "WARNING" };
    frontend = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], { env: variables, stdio: "ignore" });
    const at = (number: number) => ({ host: "127.0.0.1", port: number });
    gateway = await startGateway(on, { backend: at(backend.port), frontend: at(port) });
    browser = await startBrowser(executablePath);
    page = await browser.newPage();
    page.setDefaultTimeout(15_000);
    await page.setViewport({ width: 1000, height: 900 });
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(gateway.secureUrl);
  });
  afterAll(async () => {
    await browser?.close();
    frontend?.kill("SIGKILL");
    await Promise.all(processes.map((each) => each.stop()));
    await on?.clear();
    await servers?.stop();
  });

  /** Waits until an element says something. */
  const says = (selector: string, text: string) => page.locator(`${selector} ::-p-text(${text})`).wait();
  const press = (name: string) => page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
  const accessibilityProblems = async () => {
    // The page's own policy lets no script in; the debugger may.
    await page.evaluate(axe.source);
    // As text: what vitest makes of a function does not run elsewhere.
    return page.evaluate(
      "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))",
    );
  };

  test("says how the system is, and which release", async () => {
    await says("#status", "System: healthy (database healthy, redis healthy), version 2.1.0");
  });

  test("a wrong password is refused, with the id that the log has", async () => {
    await page.locator("[name=username]").fill("admin");
    await page.locator("[name=password]").fill("not-the-password");
    expect(await accessibilityProblems()).toEqual([]);
    await press("Log in");
    await says("#error", "name or password is wrong");
    const text = await page.$eval("#error", (error) => error.textContent ?? "");
    const id = /correlation id ([\w-]{36})\)/.exec(text)?.[1];
    const line = processes[0]?.lines.find(({ event }) => event === "login_failed");
    expect(line?.correlation_id).toBe(id);
  });

  test("logs in by keyboard alone", async () => {
    await page.locator("[name=username]").fill("admin");
    await page.keyboard.press("Tab");
    await page.keyboard.type(testConfiguration.adminPassword);
    await page.keyboard.press("Enter");
    await says("#name", "admin");
    expect(await (await page.$("#error"))?.isVisible()).toBe(false);
    await page.waitForFunction("document.activeElement?.name === 'symbol'");
  });

  test("places an order and sees it executed without a reload", async () => {
    await page.locator("#order-form [name=symbol]").fill("ACME");
    await page.locator("#order-form [name=quantity]").fill("5");
    await press("Place order");
    await says("#order-said", "Placed: buy 5 ACME");
    await says("#orders [data-state]", "executed");
    expect(await page.$$eval("#orders tr", (rows) => rows.length)).toBe(1);
  });

  test("queues a backtest and sees its result", async () => {
    await page.locator("#backtest-form [name=symbol]").fill("ACME");
    await press("Queue backtest");
    await says("#backtest-said", "Queued: ACME");
    await says("#backtests [data-state]", "finished");
    expect(await page.$eval("#backtests tr", (row) => row.textContent)).toMatch(/5\/20 over 500 days.*\d %/);
  });

  test("what the API refuses is said, field by field", async () => {
    await page.locator("#backtest-form [name=fast]").fill("30");
    await press("Queue backtest");
    await says("#error", "fast must be below slow");
  });

  test("has no accessibility problem that axe finds, and the README's picture", async () => {
    await page.locator("#backtest-form [name=fast]").fill("5");
    await press("Queue backtest");
    await page.waitForSelector("#error", { hidden: true });
    await page.waitForFunction("document.querySelectorAll('#backtests [data-state=finished]').length === 2");
    expect(await accessibilityProblems()).toEqual([]);
    if (process.env.SCREENSHOT) await page.screenshot({ path: join(root, "docs/frontend.png") });
  });

  test("stays logged in after a reload; logs out for good", async () => {
    await page.reload();
    await says("#orders [data-state]", "executed");
    await press("Log out");
    await page.waitForSelector("#login-form", { visible: true });
    expect(await page.$$eval("#orders tr", (rows) => rows.length)).toBe(0);
  });

  test("says so when nothing answers any more, and nothing broke the content security policy", async () => {
    expect(complaints.filter((text) => !/status of 40[01]/.test(text))).toEqual([]);
    await gateway.stop();
    await says("#status", "System: does not answer");
  });
});
