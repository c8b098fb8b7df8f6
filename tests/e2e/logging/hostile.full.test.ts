import { appendFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { printStored } from "../../../cli/logs/print.ts";
import { masked } from "../../../components/logging/masks.ts";
import { inContext } from "../../../services/backend/observability/context.ts";
import { makeLog } from "../../../services/backend/observability/log.ts";
import { until } from "../../support/process.ts";
import { startLoki, startPromtail } from "../../support/products/loki.ts";
import { type Ground, ground, type Product } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { linesOf, type Stored, streamsOf } from "./stored.ts";

/** What is written by somebody who means ill, or by a product that knows no better; each line in the file of its service. */

const settings = settingsOf("prod", "ecs");
const correlationId = "c0ffee00-0000-4000-8000-000000000001";

let products: Ground;
let loki: Product;
const stored = new Map<string, readonly Stored[]>();
const of = (service: string): readonly Stored[] => stored.get(service) ?? [];

const json = (fields: object): string => JSON.stringify({ level: "INFO", message: "m", ...fields });

/** Values that are made up here, so that they can be looked for. */
const secrets = ["hunter2-long", "sk-live-9f8e7d6c", "dXNlcjpwYXNzd29yZA==", "s3cr3tInAddress", "AKIAIOSFODNN7EXAMPLE"];
const cards = ["4111 1111 1111 1111", "5555555555554444", "378282246310005", "6011-1111-1111-1117"];
const [password = "", key = "", basic = "", address = "", account = ""] = secrets;
const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N";

const lines: Readonly<Record<string, readonly (string | Buffer)[]>> = {
  masked: [
    json({ password }),
    json({ body: JSON.stringify({ user: "ann", api_key: key }) }),
    `level=info msg="connecting" db_password=${password} user=ann`,
    `GET /login?token=${key}&next=/home`,
    `authorization: Basic ${basic}`,
    `connecting to postgres://trading:${address}@database:5432/trading failed`,
    `signed in with ${token}`,
    `using ${account}`,
    `password=${password} again password=password`,
    ...cards.map((card) => json({ message: `paid with ${card}, thanks` })),
    json({ message: "the number of this order is 1732574400123 at 1732574400123456789" }),
  ],
  cardinality: Array.from({ length: 2000 }, (_, index) =>
    json({ level: `LEVEL-${index}`, service: `s${index}`, stack: `x${index}`, correlation_id: `id-${index}-of-many` }),
  ),
  levels: ["DEBUG", "info", "Notice", "warn", "WARNING", "error", "err", "CRITICAL", "panic", "x".repeat(5000)].map(
    (level) => json({ level, of: level }),
  ),
  texts: [
    "12:00:00.123 ERROR   order refused route=/orders",
    "2026-11-25 12:00:00.123 UTC [42] FATAL:  terminating connection",
    '2026/11/25 12:00:00 [error] 29#29: *1 connect() failed "level":"x"',
    'ts=2026-11-25T12:00:00Z caller=main.go level=warn msg="slow"',
    "no error at all in this one",
  ],
  times: [
    json({ timestamp: "1999-12-31T23:59:59.999Z", of: "past" }),
    json({ timestamp: "2099-12-31T23:59:59.999Z", of: "future" }),
    json({ timestamp: "yesterday", of: "word" }),
    json({ timestamp: { a: 1 }, of: "object" }),
    json({ timestamp: new Date(Date.now() - 600_000).toISOString(), of: "ten minutes ago" }),
  ],
  traces: [
    "Error: it broke\n    at first (a.ts:1:1)\n    at second (b.ts:2:2)\n  [cause]: {\n    code: 1\n  }\n}",
    "next line",
  ],
  odd: [
    '{"level":"ERROR","message":"never ends',
    "",
    '{"level":["a"],"correlation_id":{"x":1}}',
    "null",
    `{"a":${"[".repeat(2000)}`,
    Buffer.from([0x00, 0x01, 0xff, 0xfe, 0x80, 0xc3, 0x28, 0x7f]),
    json({ correlation_id: "x".repeat(100_000) }),
    json({ message: "y".repeat(1024 * 1024) }),
    "the last one",
  ],
};

function writeAll(folder: string): Readonly<Record<string, string>> {
  mkdirSync(folder);
  const file = (service: string) => join(folder, `${service}.log`);
  for (const [service, written] of Object.entries(lines)) {
    for (const line of written) appendFileSync(file(service), Buffer.concat([Buffer.from(line), Buffer.from("\n")]));
  }
  const log = { level: "WARNING", format: "json" } as const;
  for (const service of ["backend", "worker"] as const) {
    const identity = { service, version: "1.2.3", environment: "production", instance: "a", log } as const;
    const { always } = makeLog(identity, { write: (line: string) => appendFileSync(file(service), line) });
    for (const id of [correlationId, "another-request"]) {
      inContext({ correlationId: id }, () => always.info({ event: "order" }, "an order"));
    }
  }
  appendFileSync(file("gateway"), `${json({ service: "gateway", correlation_id: correlationId })}\n`);
  return Object.fromEntries([...Object.keys(lines), "backend", "worker", "gateway"].map((name) => [name, file(name)]));
}

beforeAll(async () => {
  products = ground("log-hostile");
  const files = writeAll(join(products.folder, "lines"));
  loki = await startLoki(products, { settings });
  await startPromtail(products, { settings, lokiUrl: loki.url, files });
  for (const service of Object.keys(files)) {
    const selector = `{stack="prod",service="${service}"}`;
    // An empty line goes on the one before.
    const wanted = lines[service]?.filter((line) => line !== "").length ?? 1;
    const found = await until(`every line of ${service} is stored`, async () => {
      const here = await linesOf(loki.url, selector);
      return here.length >= wanted ? here : undefined;
    });
    stored.set(service, found);
  }
  // The first time, Loki and Promtail are built.
}, 1_200_000);
afterAll(() => products?.clear());

test("no secret and no card number is anywhere in the store, and what is none stays", async () => {
  const hidden = [...secrets, ...cards, token];
  const found = (await linesOf(loki.url, '{stack="prod"}')).map(({ line }) => line).join("\n");
  expect(hidden.filter((word) => found.includes(word))).toEqual([]);
  expect(found).toContain("the number of this order is 1732574400123 at 1732574400123456789");
  expect(of("masked").filter(({ line }) => line.includes("[masked]"))).toHaveLength((lines.masked?.length ?? 0) - 1);
  // What a container's own log shows in Loki's place is masked in the same way.
  expect(of("masked").map(({ line }) => line)).toEqual(lines.masked?.map((line) => masked(String(line))));
  // The write-ahead log holds every line, as it was sent.
  const folder = join(products.folder, "loki");
  const bytes = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1"))
    .join("\n");
  expect(bytes).toContain("signed in with [masked]");
  expect(hidden.filter((word) => bytes.includes(word))).toEqual([]);
});

test("what lines say of themselves makes no streams: a label has our own values only", async () => {
  expect(await streamsOf(loki.url, '{service="cardinality"}')).toEqual([
    expect.objectContaining({ service: "cardinality", stack: "prod" }),
  ]);
  expect(of("cardinality").map(({ labels }) => labels.correlation_id)).toContain("id-1999-of-many");
  // gateway, backend and worker say no level or one; `levels` and `texts` say all five, and none.
  expect((await streamsOf(loki.url, '{stack="prod"}')).length).toBeLessThan(30);
});

test("the level is a label, in five words, whatever the product calls it", () => {
  const levels = of("levels").map(({ labels, line }) => [JSON.parse(line).of.slice(0, 8), labels.level]);
  expect(Object.fromEntries(levels)).toEqual({
    DEBUG: "DEBUG",
    info: "INFO",
    Notice: "INFO",
    warn: "WARNING",
    WARNING: "WARNING",
    error: "ERROR",
    err: "ERROR",
    CRITICAL: "CRITICAL",
    panic: "CRITICAL",
    xxxxxxxx: undefined,
  });
  expect(of("texts").map(({ labels }) => labels.level)).toEqual(["ERROR", "CRITICAL", "ERROR", "WARNING", undefined]);
});

test("a line has its own time, unless that cannot be", () => {
  const age = (wanted: string): number => {
    const line = of("times").find(({ line }) => JSON.parse(line).of === wanted);
    return Date.now() / 1000 - Number((line?.time ?? 0n) / 1_000_000_000n);
  };
  expect(age("ten minutes ago")).toBeGreaterThan(599);
  for (const wanted of ["past", "future", "word", "object"]) expect(Math.abs(age(wanted)), wanted).toBeLessThan(300);
});

test("a stack trace is one line", () => {
  expect(of("traces").map(({ line }) => line)).toEqual(lines.traces);
});

test("malformed, huge and binary lines stop nothing", () => {
  const found = of("odd").map(({ line }) => line);
  expect(found).toContain("the last one");
  const longest = Math.max(...found.map(({ length }) => length));
  expect(longest).toBe(256 * 1024);
  const long = of("odd").find(({ line }) => line.includes("x".repeat(1000)));
  expect(long?.labels.correlation_id).toBeUndefined();
});

test("one query finds a request's lines in every service [requirement pipeline/loki, pipeline/promtail]", async () => {
  for (const query of [`{stack="prod"} |= "${correlationId}"`, `{stack="prod"} | correlation_id="${correlationId}"`]) {
    const services = (await linesOf(loki.url, query)).map(({ labels }) => labels.service);
    expect(services.sort()).toEqual(["backend", "gateway", "worker"]);
  }
});

test("./platform logs prints what was asked for, and nothing that is hidden", async () => {
  const printed = async (request: Parameters<typeof printStored>[2]) => {
    const output = new PassThrough();
    await printStored(loki.url, "prod", request, undefined, () => {}, output);
    output.end();
    return text(output);
  };
  const ofRequest = (await printed({ correlationId })).trim().split("\n");
  expect(ofRequest.map((line) => line.split(" | ")[0]).sort()).toEqual(["backend", "gateway", "worker"]);
  const all = await printed({ component: "masked", since: "2h" });
  expect(all.trim().split("\n")).toHaveLength(lines.masked?.length ?? 0);
  expect([...secrets, ...cards, token].filter((word) => all.includes(word))).toEqual([]);
  expect((await printed({ component: "levels", level: "ERROR" })).match(/"of":"\w+"/g)?.sort()).toEqual(
    ["CRITICAL", "err", "error", "panic"].map((word) => `"of":"${word}"`),
  );
  expect(await printed({ component: "backend", correlationId: "of-nobody" })).toBe("");
});

test("nothing was refused", async () => {
  const metrics = await (await fetch(`${loki.url}/metrics`)).text();
  const discarded = metrics.split("\n").filter((line) => /^loki_discarded_samples_total.* [1-9]/.test(line));
  expect(discarded).toEqual([]);
});
