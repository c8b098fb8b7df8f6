import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gateway, hasNginx, startGateway } from "../support/products/gateway.ts";
import { type Ground, ground } from "../support/products/product.ts";

const isThere = await hasNginx();

/** Requests that arrived at the backend, and how it answers. */
const seen: IncomingMessage[] = [];
const backend: Server = createServer((request, response) => {
  seen.push(request);
  response.setHeader("content-type", "application/json");
  response.setHeader("x-frame-options", "SAMEORIGIN");
  if (request.url === "/api/v1/breaks") request.socket.destroy();
  else response.end(JSON.stringify({ text: "x".repeat(2_000) }));
});

const portOf = (server: { address(): AddressInfo | string | null }): number => {
  const address = server.address();
  if (typeof address === "object" && address !== null) return address.port;
  throw new Error("it does not listen");
};

describe.skipIf(!isThere)("the gateway's configuration on a real nginx", () => {
  let on: Ground;
  let gateway: Gateway;
  beforeAll(async () => {
    if (!isThere) return;
    await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
    // A port on which nobody listens: the frontend is down.
    const nobody = createTcpServer();
    await new Promise<void>((resolve) => nobody.listen(0, "127.0.0.1", resolve));
    const closed = portOf(nobody);
    await new Promise((resolve) => nobody.close(resolve));
    on = ground("gateway");
    gateway = await startGateway(on, {
      backend: { host: "127.0.0.1", port: portOf(backend) },
      frontend: { host: "127.0.0.1", port: closed },
    });
  });
  afterAll(async () => {
    await on?.clear();
    backend.close();
  });

  const ask = (path: string, init: RequestInit = {}) => {
    seen.length = 0;
    return fetch(`${gateway.url}${path}`, init);
  };

  test("passes a sane correlation id on and back; makes one of what is none", async () => {
    const { headers } = await ask("/api/v1/x", { headers: { "x-correlation-id": "sent-by-the-test" } });
    expect([headers.get("x-correlation-id"), seen[0]?.headers["x-correlation-id"]]).toEqual([
      "sent-by-the-test",
      "sent-by-the-test",
    ]);
    await ask("/api/v1/x", { headers: { "x-correlation-id": "{}" } });
    expect(seen[0]?.headers["x-correlation-id"]).toMatch(/^[0-9a-f]{32}$/);
  });

  test("says each security header once, whatever a service says", async () => {
    const { headers } = await ask("/api/v1/x");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("server")).toBe("nginx");
  });

  test("compresses", async () => {
    expect((await ask("/api/v1/x")).headers.get("content-encoding")).toBe("gzip");
  });

  test("believes nobody about the client's address and scheme where no load balancer stands before it", async () => {
    await ask("/api/v1/x", { headers: { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" } });
    expect(seen[0]?.headers).toMatchObject({ "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http" });
  });

  test.each([
    "/api/v1/metrics",
    "/api/v1/metrics/prometheus",
    "/api/v1/health/metrics",
    "/api/v1/webhooks/alerts",
    "/api/v1/health/detailed",
    "/api/v1/admin/users",
    "/api/v1/%6Detrics",
  ])("%s is not for customers", async (path) => {
    expect((await ask(path)).status).toBe(404);
    expect(seen).toEqual([]);
  });

  test("a POST that arrived is sent once, and the answer is a problem with the correlation id", async () => {
    const answer = await ask("/api/v1/breaks", { method: "POST", headers: { "x-correlation-id": "sent-by-the-test" } });
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ status: 502, correlation_id: "sent-by-the-test" });
    expect(seen.length).toBe(1);
  });

  test("so is the answer to one with an idempotency key", async () => {
    const answer = await ask("/api/v1/breaks", { method: "POST", headers: { "idempotency-key": "a-key" } });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([502, "application/problem+json"]);
  });

  test("shows a maintenance page when the page's server is down", async () => {
    const answer = await ask("/");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([503, "text/html"]);
    expect(await answer.text()).toContain("Back soon");
  });

  test("one address that floods is told to wait; probes are answered all the same", async () => {
    const statuses = await Promise.all(
      Array.from({ length: 3_000 }, () => ask("/api/v1/x").then(({ status }) => status)),
    );
    expect(statuses).toContain(429);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(1_000);
    expect((await ask("/-/ready")).status).toBe(200);
  });
});
