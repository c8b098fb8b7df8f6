import { createServer } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { smokeTest } from "./smoke.ts";

const settings = settingsOf("dev");
const { version } = settings.images;
const quick = { attempts: 2, pause: 10, patience: 2_000 };

let answers: Readonly<Record<string, readonly [status: number, body: string]>> = {};
let asked: string[] = [];
let server: ReturnType<typeof createServer>;
let site = "";
beforeEach(async () => {
  asked = [];
  server = createServer(({ url = "" }, response) => {
    asked.push(url);
    const [status, body] = answers[url] ?? [404, ""];
    response.writeHead(status).end(body);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  site = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const smoke = (health: readonly [number, string], page: readonly [number, string] = [200, "<html>"]) => {
  answers = { "/api/v1/health": health, "/": page };
  return smokeTest(settings, { "gateway-http": site }, quick);
};

test("the API and the page answer, in the release's version", async () => {
  expect(await smoke([200, JSON.stringify({ status: "healthy", version })])).toBeUndefined();
  expect(asked).toEqual(["/api/v1/health", "/"]);
});

test("an application that does not say its version", async () => {
  expect(await smoke([200, "fine"])).toBeUndefined();
});

test("what is wrong is said, after another try", async () => {
  expect(await smoke([503, ""])).toBe(`${site}/api/v1/health answers 503`);
  expect(asked).toEqual(["/api/v1/health", "/api/v1/health"]);
  expect(await smoke([200, "{}"], [502, ""])).toBe(`${site}/ answers 502`);
  const old = await smoke([200, JSON.stringify({ version: "0.0.1" })]);
  expect(old).toBe(`${site}/api/v1/health is answered by 0.0.1, not ${version}`);
  server.close();
  server.closeAllConnections();
  expect(await smoke([200, ""])).toMatch(/^http:\S+ does not answer: /);
});

test("without a gateway there is nobody to ask", async () => {
  const without = settingsOf("dev", undefined, { without: ["gateway"] });
  expect(await smokeTest(without, { "gateway-http": site }, quick)).toBeUndefined();
  expect(asked).toEqual([]);
});
