import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gateway, hasNginx, startGateway } from "../../support/products/gateway.ts";
import { type Ground, ground } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { asked, type Behind, serve } from "./asked.ts";

const isThere = await hasNginx();

/** Prod's, behind a load balancer that has this host's address and ends TLS. */
const prod = settingsOf("prod", "docker", { domain: "trading.example.com", mtls: false });
const settings = { ...prod, target: { ...prod.target, balancers: ["127.0.0.1/32"] } };
const host = "grafana.trading.example.com";

describe.skipIf(!isThere)("Grafana behind a real nginx", () => {
  let on: Ground;
  let gateway: Gateway;
  let application: Behind;
  let grafana: Behind;

  beforeAll(async () => {
    if (!isThere) return;
    application = await serve({}, (_, response) => response.end("the application"));
    grafana = await serve({}, (_, response) => response.end("grafana"));
    on = ground("gateway-grafana");
    const at = ({ port }: Behind) => ({ host: "127.0.0.1", port });
    gateway = await startGateway(on, {
      backend: at(application),
      frontend: at(application),
      grafana: at(grafana),
      settings,
    });
  });
  afterAll(async () => {
    await on?.clear();
    application?.close();
    grafana?.close();
  });

  const ask = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    asked(`${gateway.url}${path}`, { headers: { host, "x-forwarded-proto": "https", ...headers } });

  test("its name leads to it, and tells it how people came; every other name leads to the application", async () => {
    expect((await ask("/d/database?viewPanel=1")).body).toBe("grafana");
    expect(grafana.seen.at(-1)?.headers).toMatchObject({ host, "x-forwarded-proto": "https" });
    expect((await ask("/", { host: "trading.example.com" })).body).toBe("the application");
    expect((await ask("/", { host: "prometheus.trading.example.com" })).body).toBe("the application");
  });

  test("plain HTTP is sent on to HTTPS of its own name", async () => {
    const { status, headers } = await ask("/d/database?a=b", { "x-forwarded-proto": "http" });
    expect([status, headers.location]).toEqual([308, `https://${host}/d/database?a=b`]);
  });

  test.each(["/metrics", "/api/health", "/healthz", "/debug/pprof/", "/%6Detrics"])(
    "%s is not for people",
    async (path) => {
      expect((await ask(path)).status).toBe(404);
    },
  );

  test("a live connection is handed on as what it is", async () => {
    await ask("/api/live/ws", { upgrade: "websocket", connection: "upgrade" });
    expect(grafana.seen.at(-1)?.headers).toMatchObject({ host, upgrade: "websocket", connection: "upgrade" });
  });

  test("one address that tries logins is told to wait, and can go on looking", async () => {
    const statuses = await Promise.all(Array.from({ length: 60 }, () => ask("/login").then(({ status }) => status)));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(20);
    expect((await ask("/d/database")).status).toBe(200);
  });
});
