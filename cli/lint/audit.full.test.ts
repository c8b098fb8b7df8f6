import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { audit, readAudit } from "./audit.ts";

/** A registry that knows one weakness, of a package that production has, or answers nothing but a status. */
async function registry(answer: 405 | "high" | "low") {
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    if (answer === 405) return response.writeHead(405).end("{}");
    // What versions there are, of it and of what needs it: for the way out.
    if (request.method === "GET") return response.end(JSON.stringify(manifestOf(request.url?.slice(1) ?? "")));
    const asked: unknown = JSON.parse(String(request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body));
    if (typeof asked !== "object" || asked === null || !("zod" in asked)) return response.writeHead(400).end();
    const weakness = { id: 1, url: "https://example.com/1", title: "parses too much", vulnerable_versions: "<99" };
    return response.end(JSON.stringify({ zod: [{ ...weakness, severity: answer }] }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  servers.push(server);
  return [
    "--registry",
    `http://127.0.0.1:${address.port}/`,
    "--fetch-retries=0",
    "--cache",
    mkdtempSync(join(caches, "npm-")),
  ];
}
const manifestOf = (name: string) => ({
  name,
  versions: Object.fromEntries(["1.0.0", "99.0.0"].map((version) => [version, { name, version }])),
});
/** npm keeps what a registry has said. */
const caches = mkdtempSync(join(tmpdir(), "audit-"));
const servers: ReturnType<typeof createServer>[] = [];
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(caches, { recursive: true, force: true });
});

describe("the real npm, on the packages of this repository", () => {
  test("a weakness is told with its package, reason and way out", async () => {
    const told = await audit(await registry("high"));
    expect(told.kind === "weak" ? told.problems[0] : told).toMatch(
      /^zod <99: high: parses too much https:\/\/example\.com\/1; /,
    );
  });

  test("one that is no danger is counted", async () => {
    expect(await audit(await registry("low"))).toMatchObject({ kind: "clean" });
  });

  test("a registry that has no audit is not one that finds nothing", async () => {
    expect(await audit(await registry(405))).toEqual({
      kind: "unanswered",
      why: expect.stringMatching(/^405 Method Not Allowed/),
    });
  });

  test("the configured registry knows of nothing serious, or says why it does not know", async () => {
    const told = await audit();
    if (told.kind === "unanswered") console.warn(`npm audit could not be asked: ${told.why}`);
    expect(told.kind === "weak" ? told.problems : []).toEqual([]);
  });
});

test("npm's own words are told where it fails", () => {
  const error = { summary: "loading from incorrect packument", detail: "" };
  expect(readAudit(JSON.stringify({ error }))).toEqual({ kind: "unanswered", why: error.summary });
});

test.each(["", "no JSON", "{}"])("%j from npm is no answer", (printed) => {
  expect(readAudit(printed)).toEqual({ kind: "unanswered", why: "the registry does not answer" });
});
