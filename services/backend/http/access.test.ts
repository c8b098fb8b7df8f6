import { afterAll, describe, expect, test } from "vitest";
import { storelessTrading, testUser } from "../testing/trading.ts";
import type { Access } from "./access.ts";
import { tradingServer } from "./server.ts";

/** Who may do what. A route that is not here fails the first test. */
const matrix: Readonly<Record<string, Access>> = {
  "GET /api/v1/health": "public",
  "GET /api/v1/health/live": "public",
  "GET /api/v1/health/ready": "public",
  "GET /api/v1/health/detailed": "internal",
  "GET /api/v1/health/metrics": "internal",
  "GET /api/v1/metrics": "internal",
  "GET /api/v1/metrics/prometheus": "internal",
  "GET /api/v1/metrics/summary": "internal",
  "POST /api/v1/auth/login": "public",
  "GET /api/v1/auth/me": "trader",
  "POST /api/v1/orders": "trader",
  "GET /api/v1/orders": "trader",
  "GET /api/v1/orders/{id}": "trader",
  "DELETE /api/v1/orders/{id}": "trader",
  "POST /api/v1/backtests": "trader",
  "GET /api/v1/backtests": "trader",
  "GET /api/v1/backtests/{id}": "trader",
  "POST /api/v1/webhooks/alerts": "alertmanager",
  "GET /api/v1/incidents": "admin",
  "GET /api/v1/admin/users": "admin",
  "POST /api/v1/admin/users": "admin",
  "GET /api/v1/admin/log-level": "admin",
  "PUT /api/v1/admin/log-level": "admin",
  "GET /api/v1/admin/faults": "admin",
  "PUT /api/v1/admin/faults": "admin",
};

const { trading } = storelessTrading();
const app = await tradingServer(trading);
const { faults: _, ...harmless } = storelessTrading().trading;
const server = await tradingServer(harmless);
afterAll(() => Promise.all([app.close(), server.close()]));

const bearers = {
  nobody: undefined,
  "a stranger's token": "abc.def.ghi",
  trader: trading.tokens.make(testUser("trader")).token,
  admin: trading.tokens.make(testUser("admin")).token,
  alertmanager: trading.alertWebhookToken,
} as const;
type Who = keyof typeof bearers;

const lets: Readonly<Record<Access, readonly Who[]>> = {
  public: ["nobody", "a stranger's token", "trader", "admin", "alertmanager"],
  internal: ["nobody", "a stranger's token", "trader", "admin", "alertmanager"],
  trader: ["trader", "admin"],
  admin: ["admin"],
  alertmanager: ["alertmanager"],
};

test("the matrix has every route of the OpenAPI document, and no other", async () => {
  const { paths } = (await app.inject("/api/v1/openapi.json")).json<{ paths: Record<string, object> }>();
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.sort()).toEqual(Object.keys(matrix).sort());
});

describe.each(Object.entries(matrix))("%s is %s", (route, access) => {
  const [method = "", path = ""] = route.split(" ");
  test.each(Object.entries(bearers))("%s", async (who, token) => {
    const { statusCode } = await app.inject({
      method: method as "GET",
      url: path.replace("{id}", "3d4c7a3e-6f6c-4c39-9a5a-9a2b0e6b7c11"),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(method === "GET" ? {} : { payload: {} }),
    });
    const may = lets[access].some((one) => one === who);
    if (may) expect([401, 403]).not.toContain(statusCode);
    else expect(statusCode).toBe(who === "trader" && access === "admin" ? 403 : 401);
  });
});

test("where faults are not allowed there is no route for them", async () => {
  const headers = { authorization: `Bearer ${bearers.admin}` };
  expect((await server.inject({ url: "/api/v1/admin/faults", headers })).statusCode).toBe(404);
});

test("a route that does not say who may use it cannot be added", () => {
  expect(() => server.get("/secret", async () => "x")).toThrow();
});
