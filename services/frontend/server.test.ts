import { type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readAssets } from "./assets.ts";
import { ConfigurationError, readConfiguration } from "./configuration.ts";
import { makeLog } from "./log.ts";
import { type Life, pageServer } from "./server.ts";

const variables = { PORT: "3000", ENVIRONMENT: "production", SERVICE_VERSION: "2.1.0", LOG_LEVEL: "INFO" };
const assets = readAssets();

interface Answered {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

describe("the page's server", () => {
  const lines: string[] = [];
  const life: Life = { draining: false };
  const log = makeLog(readConfiguration(variables), (line) => lines.push(line));
  const server = pageServer({ assets, log, life });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => {
    server.close();
  });

  // Not fetch: it decompresses by itself.
  const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    new Promise<Answered>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      request({ port, path, method, headers, agent: false }, async (response) => {
        resolve({ status: response.statusCode, headers: response.headers, body: await buffer(response) });
      })
        .on("error", reject)
        .end();
    });

  test.each([
    ["br", "gzip, deflate, br, zstd", brotliDecompressSync],
    ["gzip", "gzip;q=0.8, deflate", gunzipSync],
    [undefined, "", (body: Buffer) => body],
  ])("sends %s to who takes %s", async (encoding, accepted, open) => {
    const { status, headers, body } = await ask("/", { "accept-encoding": accepted });
    expect([status, headers["content-encoding"], headers.vary]).toEqual([200, encoding, "accept-encoding"]);
    expect(open(body).toString()).toContain("<title>Trading</title>");
  });

  test("lets nothing run but its own files", async () => {
    const { headers } = await ask("/");
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/);
    expect(headers["content-security-policy"]).not.toMatch(/unsafe|\*|data:/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });

  test("sends nothing to who has it already", async () => {
    const { headers } = await ask("/style.css");
    const again = await ask("/style.css", { "if-none-match": String(headers.etag) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  test("TypeScript arrives as JavaScript", async () => {
    const { headers, body } = await ask("/client.ts");
    expect(headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect(body.toString()).not.toMatch(/interface|readonly/);
  });

  test.each(["/nowhere", "/../main.ts", "/%2e%2e/main.ts", "/tsconfig.json", "/api/v1/orders"])(
    "%s is a problem with a correlation id",
    async (path) => {
      const { status, headers, body } = await ask(path, { "x-correlation-id": "sent-by-the-test" });
      expect([status, headers["content-type"]]).toEqual([404, "application/problem+json"]);
      expect(JSON.parse(body.toString())).toMatchObject({ status: 404, correlation_id: "sent-by-the-test" });
    },
  );

  test("an id that could be anything is not passed on", async () => {
    const { headers } = await ask("/", { "x-correlation-id": '"},{' });
    expect(headers["x-correlation-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("is only read", async () => {
    const { status, headers } = await ask("/", {}, "POST");
    expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
    const head = await ask("/", {}, "HEAD");
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  test("is not ready while it drains, but alive and answering", async () => {
    expect((await ask("/ready")).status).toBe(200);
    life.draining = true;
    expect((await ask("/ready")).status).toBe(503);
    expect((await ask("/live")).status).toBe(200);
    expect((await ask("/")).headers.connection).toBe("close");
    life.draining = false;
  });

  test("a line of JSON for a request, none for a probe at INFO", async () => {
    lines.length = 0;
    await ask("/live");
    await ask("/made-up-by-a-client", { "x-correlation-id": "sent-by-the-test" });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: "INFO",
        service: "frontend",
        event: "request_finished",
        route: "unmatched",
        status: 404,
        correlation_id: "sent-by-the-test",
      }),
    ]);
  });
});

test("the page weighs at most 60 kB, compressed", () => {
  const weights = [...assets.values()].map(({ encodings }) => encodings.gzip.length);
  const weight = weights.reduce((sum, each) => sum + each, 0);
  console.info(`page weight: ${weight} bytes as gzip, ${assets.size} files`);
  expect(weight).toBeLessThanOrEqual(60_000);
});

test("wrong variables are named, all of them", () => {
  expect(() => readConfiguration({ PORT: "x", ENVIRONMENT: "production", LOG_LEVEL: "LOUD" })).toThrow(
    new ConfigurationError(
      [
        'PORT is "x"; it must be a TCP port',
        "SERVICE_VERSION is missing; it must be the release's version",
        'LOG_LEVEL is "LOUD"; it must be DEBUG, INFO, WARNING, ERROR',
      ].join("\n"),
    ),
  );
});
