import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../../cli/open/free-port.ts";
import { authority, certificatesIn, issued } from "../../e2e/mtls/certificates.ts";
import { until } from "../../support/process.ts";
import { type Gateway, hasNginx, startGateway } from "../../support/products/gateway.ts";
import { type Ground, ground } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { asked, type Behind, serve } from "./asked.ts";

const isThere = await hasNginx();

describe.skipIf(!isThere)("the gateway's configuration on a real nginx", () => {
  let on: Ground;
  let gateway: Gateway;
  let backend: Behind;
  beforeAll(async () => {
    if (!isThere) return;
    backend = await serve({}, ({ url, socket }, response) => {
      response.setHeader("content-type", "application/json");
      response.setHeader("x-frame-options", "SAMEORIGIN");
      if (url === "/api/v1/breaks") socket.destroy();
      else if (url === "/api/v1/busy") response.writeHead(503, { "retry-after": "2" }).end();
      else response.end(JSON.stringify({ text: "x".repeat(2_000) }));
    });
    on = ground("gateway");
    gateway = await startGateway(on, {
      backend: { host: "127.0.0.1", port: backend.port },
      // Nobody listens there: the frontend is down.
      frontend: { host: "127.0.0.1", port: await freePort() },
    });
  });
  afterAll(async () => {
    await on?.clear();
    backend?.close();
  });

  const ask = (path: string, init: RequestInit = {}) => {
    backend.seen.length = 0;
    return fetch(`${gateway.url}${path}`, init);
  };

  test("passes a sane correlation id on and back; makes one of what is none", async () => {
    const { headers } = await ask("/api/v1/x", { headers: { "x-correlation-id": "sent-by-the-test" } });
    expect([headers.get("x-correlation-id"), backend.seen[0]?.headers["x-correlation-id"]]).toEqual([
      "sent-by-the-test",
      "sent-by-the-test",
    ]);
    await ask("/api/v1/x", { headers: { "x-correlation-id": "{}" } });
    expect(backend.seen[0]?.headers["x-correlation-id"]).toMatch(/^[0-9a-f]{32}$/);
  });

  test("of a correlation id that is sent twice one comes back and is passed on: the first (nginx 1.22) or a new one (since 1.23)", async () => {
    backend.seen.length = 0;
    const twice = { "x-correlation-id": ["first-of-the-test", "second-of-the-test"] };
    const { headers } = await asked(`${gateway.url}/api/v1/x`, { headers: twice });
    expect(headers["x-correlation-id"]).toMatch(/^(?:first-of-the-test|[0-9a-f]{32})$/);
    expect(backend.seen[0]?.headers["x-correlation-id"]).toBe(headers["x-correlation-id"]);
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
    expect(backend.seen[0]?.headers).toMatchObject({ "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http" });
  });

  test.each([
    "/api/v1/metrics",
    "/api/v1/metrics/prometheus",
    "/api/v1/health/metrics",
    "/api/v1/webhooks/alerts",
    "/api/v1/health/detailed",
    "/api/v1/admin/users",
    "/api/v1/%6Detrics",
    "//api//v1///metrics",
    "/api/v1/orders/%2e%2e/metrics",
    "/api/v1/orders%2F..%2Fmetrics",
    "/api/v1/metrics?a=b",
  ])("%s is not for customers", async (path) => {
    expect((await ask(path)).status).toBe(404);
    expect(backend.seen).toEqual([]);
  });

  test("a POST that arrived is sent once, and the answer is a problem with the correlation id", async () => {
    const answer = await ask("/api/v1/breaks", { method: "POST", headers: { "x-correlation-id": "sent-by-the-test" } });
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ status: 502, correlation_id: "sent-by-the-test" });
    expect(backend.seen.length).toBe(1);
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

  test("a service that says itself when to ask again is not spoken over", async () => {
    const answer = await ask("/api/v1/busy");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
  });

  test("what is too large is a problem, and never reaches the backend", async () => {
    const answer = await ask("/api/v1/x", { method: "POST", body: "x".repeat(1_048_577) });
    expect([answer.status, await answer.json()]).toMatchObject([413, { status: 413, title: "Content Too Large" }]);
    expect(backend.seen).toEqual([]);
  });

  test("a client that does not finish its request is let go", { timeout: 60_000 }, async () => {
    const { hostname, port } = new URL(gateway.url);
    const slow = connect({ host: hostname, port: Number(port) }, () => slow.write("GET / HTTP/1.1\r\nHost: x\r\n"));
    // Resolves when the other end closes.
    expect(await text(slow)).toBe("");
  });

  test("each request has one line of JSON in the log, probes have none", async () => {
    const id = "line-of-the-log";
    const hostile = `"\\{}$status`;
    await ask(`/api/v1/orders/${encodeURIComponent(hostile)}?token=secret`, { headers: { "x-correlation-id": id } });
    await ask("/-/ready");
    await raw("GET /api/v1/old\r\n\r\n");
    await raw("NONSENSE\r\n\r\n");
    const lines = () =>
      readFileSync(`${gateway.folder}/stdout`, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    await until("the lines are written", async () => (lines().some(({ status }) => status === 400) ? true : undefined));
    const own = lines().filter(({ correlation_id }) => correlation_id === id);
    expect(own).toEqual([
      {
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/),
        level: "INFO",
        service: "gateway",
        method: "GET",
        path: `/api/v1/orders/${hostile}`,
        scheme: "http",
        client: "127.0.0.1",
        correlation_id: id,
        upstream: `127.0.0.1:${backend.port}`,
        upstream_status: "200",
        status: 200,
        bytes: expect.any(Number),
        duration_seconds: expect.any(Number),
      },
    ]);
    expect(lines().some(({ path }) => path.startsWith("/-/"))).toBe(false);
  });

  /** What is no HTTP as clients write it. */
  function raw(words: string): Promise<string> {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(words));
    return text(socket);
  }

  test.each([
    ["", {}],
    [" whatever keys it sends", { "idempotency-key": "a-key" }],
  ])("one address that floods is told to wait%s; probes are answered all the same", async (_, headers) => {
    const answers = await Promise.all(
      Array.from({ length: 3_000 }, () => ask("/api/v1/x", { method: "POST", headers })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(refused[0]?.headers.get("retry-after")).toBe("1");
    expect(await refused[0]?.json()).toMatchObject({ status: 429, title: "Too Many Requests" });
    await Promise.all(answers.map((answer) => answer.bodyUsed || answer.arrayBuffer()));
    expect((await ask("/-/ready")).status).toBe(200);
  });
});

test.skipIf(!isThere).each([
  ["staging", "ecs"],
  ["prod", "ecs"],
  ["prod", "kubernetes"],
])("nginx takes the configuration of %s on %s", async (stack, target) => {
  const on = ground("gateway-elsewhere");
  try {
    const nobody = { host: "127.0.0.1", port: await freePort() };
    const other = { host: "127.0.0.1", port: await freePort() };
    const settings = settingsOf(stack, target);
    const by = await authority();
    const certificates = certificatesIn(on.folder, () => {});
    certificates.write("mtls", by.certificate, await issued(by, "gateway"));
    const gateway = await startGateway(on, {
      backend: nobody,
      frontend: other,
      settings,
      certificates: certificates.folderOf("mtls"),
    });
    // Nothing that nginx complains about: in a release that is newer it might be an error.
    expect(readFileSync(`${gateway.folder}/gateway.log`, "utf8")).not.toMatch(/\[(?:warn|error|emerg)\]/);
  } finally {
    await on.clear();
  }
});
