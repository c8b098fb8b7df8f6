import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { logEvents } from "../../../components/application/telemetry.ts";
import { logQueries } from "../../../components/dashboards/log-queries.ts";
import { describePlatform } from "../../../components/specification.ts";
import { inContext } from "../../../services/backend/observability/context.ts";
import { makeLog } from "../../../services/backend/observability/log.ts";
import { at, list, text, texts } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { startLoki, startPromtail } from "../../support/products/loki.ts";
import { type Ground, ground } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { askedBy, choiceOf, choicesOf, dashboardsOf, type Values } from "./written.ts";

const settings = settingsOf("prod");
const written = dashboardsOf(describePlatform(settings));
const correlationId = "c0ffee00-0000-4000-8000-000000000001";
const typed: Values = { correlation_id: correlationId, user: "ann", search: "" };

let products: Ground;
let lokiUrl: string;
beforeAll(async () => {
  products = ground("log-queries");
  const files = writeLines(products.folder);
  const loki = await startLoki(products, { settings });
  lokiUrl = loki.url;
  await startPromtail(products, { settings, lokiUrl, files });
  await until("every line is stored", async () => ((await found('{stack="prod"}')).length >= 8 ? true : undefined));
  // The first time, Loki and Promtail are built.
}, 1_200_000);
afterAll(() => products?.clear());

/** What gateway, backend and worker write of one slow order, one that fails, and a login that is refused. */
function writeLines(folder: string): Readonly<Record<string, string>> {
  const logs = join(folder, "lines");
  mkdirSync(logs);
  const file = (service: string) => join(logs, `${service}.log`);
  const logOf = (service: "backend" | "worker") =>
    makeLog(
      {
        service,
        version: "1.2.3",
        environment: "production",
        instance: "a",
        log: { level: "WARNING", format: "json" },
      },
      { write: (line: string) => appendFileSync(file(service), line) },
    ).always;
  const [backend, worker] = [logOf("backend"), logOf("worker")];
  const finished = { event: "request_finished", method: "POST", route: "/api/v1/orders" };
  const ann = { correlationId, user: { id: "1", name: "ann", role: "trader" } } as const;
  inContext(ann, () => {
    backend.warn({ ...finished, status: 201, duration_seconds: 1.5 }, "request finished");
    worker.info({ event: "order_executed", audit: true }, "order executed");
  });
  inContext({ correlationId: "another-request" }, () => {
    backend.error({ ...finished, status: 503, duration_seconds: 0.1 }, "request finished");
    backend.info({ ...finished, status: 200, duration_seconds: 0.1 }, "request finished");
    backend.error({ event: logEvents.unhandledException, exception: new Error("a defect") }, "unhandled exception");
    backend.warn({ event: logEvents.loginFailed, audit: true, name: "bob", client: "10.0.0.1" }, "login refused");
    backend.info({ event: "login", audit: true, name: "ann", client: "10.0.0.2" }, "logged in");
  });
  const line = {
    timestamp: new Date().toISOString(),
    level: "INFO",
    service: "gateway",
    correlation_id: correlationId,
  };
  appendFileSync(file("gateway"), `${JSON.stringify(line)}\n`);
  return Object.fromEntries(["gateway", "backend", "worker"].map((service) => [service, file(service)]));
}

const ask = async (path: string, words: Record<string, string>): Promise<unknown> => {
  const answer = await fetch(`${lokiUrl}/loki/api/v1/${path}?${new URLSearchParams(words)}`);
  if (!answer.ok) throw new Error(`Loki refused ${JSON.stringify(words)}: ${await answer.text()}`);
  return at(await answer.json(), "data");
};
const results = async (query: string) => list(at(await ask("query_range", { query, since: "1h" }), "result"));
/** The lines that a query finds, with the service that wrote them. */
const found = async (query: string): Promise<readonly (readonly [service: string, line: string])[]> =>
  (await results(query)).flatMap((stream) =>
    list(at(stream, "values")).map(
      (value) => [text(at(stream, "stream", "service")) ?? "", text(at(value, 1)) ?? ""] as const,
    ),
  );

test("every panel and every choice of the log lines has an answer", async () => {
  const queries = written.flatMap((each) => askedBy(each, typed)).filter(({ source }) => source === "loki");
  const empty: string[] = [];
  for (const { who, expression } of queries) if ((await results(expression)).length === 0) empty.push(who);
  expect(queries.length).toBeGreaterThan(12);
  expect(empty).toEqual([]);
  for (const { source, label, of } of written.flatMap(choicesOf).map(choiceOf)) {
    if (source !== "loki") continue;
    expect(texts(await ask(`label/${label}/values`, { query: of, since: "1h" })), label).not.toEqual([]);
  }
  console.log(`${queries.length} queries of panels answered by the real Loki`);
});

test("each question finds its lines and no others [requirement next/log-queries, pipeline/grafana]", async () => {
  const asked = async (title: string) => {
    const query = logQueries(settings).find((each) => each.title === title)?.query ?? title;
    return found(query.replace("$correlation_id", correlationId).replaceAll("$user", "ann"));
  };
  const events = (lines: Awaited<ReturnType<typeof asked>>) =>
    lines.map(([, line]) => text(at(JSON.parse(line), "event"))).sort();
  expect((await asked("All of a request")).map(([service]) => service).sort()).toEqual([
    "backend",
    "gateway",
    "worker",
  ]);
  expect((await asked("Slow requests")).map(([, line]) => at(JSON.parse(line), "status"))).toEqual([201]);
  expect((await asked("Failed logins")).map(([, line]) => at(JSON.parse(line), "name"))).toEqual(["bob"]);
  expect(events(await asked("What one user did"))).toEqual(["login", "order_executed", "request_finished"]);
});

test("errors are counted by route and by version", async () => {
  const counted = async (title: string) => {
    const query = logQueries(settings).find((each) => each.title === title)?.query ?? title;
    return (await results(query.replace("$__auto", "1h"))).map((series) => at(series, "metric"));
  };
  expect(await counted("Errors by route")).toEqual([{ route: "/api/v1/orders", status: "503" }]);
  expect(await counted("Errors by version")).toEqual([{ service: "backend", version: "1.2.3" }]);
});
