import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { Benchmark } from "../cli/bench/benchmarks.ts";
import { connectionOf } from "../services/backend/storage/database.ts";
import { migrate } from "../services/backend/storage/migrate.ts";
import { migrations } from "../services/backend/storage/migrations/index.ts";
import { startPostgres, startRedis } from "../services/backend/testing/servers.ts";
import { hasNginx, startGateway } from "../tests/support/products/gateway.ts";
import { ground } from "../tests/support/products/product.ts";
import { median, pairs, ratio } from "./bench.ts";
import { type Load, load } from "./load.ts";
import type { Ready, Setup } from "./programs/backend.ts";

const program = fileURLToPath(new URL("programs/backend.ts", import.meta.url));
const rounds = 5;
const seconds = 4;
/** As many as the backend's pool has connections: neither side waits for them. */
const writers = 8;
const readers = 32;
const order = { symbol: "ACME", side: "buy", quantity: 1 };

type Stores = Setup["stores"];
interface Served extends Ready {
  readonly child: ChildProcess;
}

async function serve(setup: Setup): Promise<Served> {
  const child = fork(program, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  child.send(setup);
  const [ready] = (await once(child, "message")) as [Ready];
  return { ...ready, child };
}

const benchmark: Benchmark = {
  name: "backend",
  what: "the backend's routes with log, metrics and correlation against the same on bare fastify (at WARNING ≥ 0.85× requests/s, p99 ≤ 1.30×); placed orders against a loop of bare transactions (≥ 0.60×); probes under load (p99 ≤ 50 ms); the same route through the gateway (told, nothing is asked)",
  run: async () => {
    // As in production: what is committed is on the disk.
    const [postgres, redis] = await Promise.all([startPostgres([]), startRedis()]);
    const stores = { database: postgres.configuration, cache: redis.configuration };
    try {
      return await measure(stores);
    } finally {
      await Promise.all([postgres.stop(), redis.stop()]);
    }
  },
};

async function measure(stores: Stores): Promise<readonly (readonly string[])[]> {
  const identity = { ...stores, service: "backend", instance: "bench" } as const;
  await migrate(identity, migrations);
  const client = new pg.Client(connectionOf(identity));
  await client.connect();
  const { rows } = await client.query<{ id: string }>(
    "insert into users (name, password_hash, role) values ('bench', '', 'trader') returning id",
  );
  await client.end();
  const userId = rows[0]?.id ?? "";
  const inMemory = randomUUID();
  const kinds = ["bare", "WARNING", "INFO"] as const;
  const [bare, warning, info] = await Promise.all(kinds.map((kind) => serve({ kind, stores, userId, inMemory })));
  if (bare === undefined || warning === undefined || info === undefined) throw new Error("a server is missing");
  try {
    const stored = await placeOne(bare);
    return [
      ["what", "requests/s", "p99, ms", "against", "requests/s", "p99, ms", "requests/s", "p99"],
      await compare("an order from memory, WARNING", `/orders/${inMemory}`, warning, bare),
      await compare("an order from memory, INFO", `/orders/${inMemory}`, info, bare),
      await compare("an order from PostgreSQL, WARNING", `/orders/${stored}`, warning, bare),
      ...(await throughGateway(`/orders/${inMemory}`, warning)),
      await placing(warning, stores, userId),
      ...(await probing(warning, stored)),
    ];
  } finally {
    for (const { child } of [bare, warning, info]) child.kill();
  }
}

const urlOf = ({ port }: Ready, path: string): string => `http://127.0.0.1:${port}/api/v1${path}`;

async function placeOne(server: Served): Promise<string> {
  const response = await fetch(urlOf(server, "/orders"), {
    method: "POST",
    headers: {
      authorization: `Bearer ${server.token}`,
      "content-type": "application/json",
      "idempotency-key": "first",
    },
    body: JSON.stringify(order),
  });
  const { id }: { id: string } = JSON.parse(await response.text());
  return id;
}

async function compare(
  name: string,
  path: string,
  one: Ready,
  other: Ready,
  otherName = "bare fastify",
): Promise<readonly string[]> {
  const ask = (server: Ready) => () =>
    load({ url: urlOf(server, path), token: server.token, clients: readers, seconds });
  return row(name, otherName, await pairs(rounds, ask(one), ask(other)));
}

/**
 * What the gateway costs: dev's rendered configuration on a real nginx, plain HTTP, with the access log. The limit of one
 * address is counted and never reached. No row where there is no nginx.
 */
async function throughGateway(path: string, server: Ready): Promise<readonly (readonly string[])[]> {
  if (!(await hasNginx())) return [];
  const products = ground("bench-gateway");
  try {
    const behind = { host: "127.0.0.1", port: server.port };
    const { url } = await startGateway(products, { backend: behind, frontend: behind, rate: 1_000_000 });
    const gateway = { port: Number(new URL(url).port), token: server.token };
    return [
      await compare("an order from memory through the gateway", path, gateway, server, "the backend asked directly"),
    ];
  } finally {
    await products.clear();
  }
}

function row(name: string, other: string, results: readonly (readonly [Load, Load])[]): readonly string[] {
  const of = (figure: keyof Load, index: 0 | 1) => median(results.map((pair) => pair[index][figure]));
  const ratios = (figure: keyof Load) => median(results.map(([a, b]) => a[figure] / b[figure]));
  return [
    name,
    String(Math.round(of("perSecond", 0))),
    String(of("p99", 0)),
    other,
    String(Math.round(of("perSecond", 1))),
    String(of("p99", 1)),
    ratio(ratios("perSecond"), 1),
    ratio(ratios("p99"), 1),
  ];
}

async function placing(server: Served, stores: Stores, userId: string): Promise<readonly string[]> {
  const results = await pairs(
    rounds,
    () => load({ url: urlOf(server, "/orders"), token: server.token, clients: writers, seconds, body: order }),
    () => bareTransactions(stores, userId),
  );
  return row("orders placed, WARNING", "bare transactions", results);
}

/** The same rows by the same number of clients, with nothing around them. */
async function bareTransactions(stores: Stores, userId: string): Promise<Load> {
  const times: number[] = [];
  const begun = performance.now();
  const until = begun + seconds * 1000;
  const write = async (): Promise<void> => {
    const client = new pg.Client(connectionOf({ ...stores, service: "backend", instance: "bare" }));
    await client.connect();
    while (performance.now() < until) {
      const started = performance.now();
      await client.query("begin");
      const { rows } = await client.query<{ id: string }>(
        `insert into orders (user_id, idempotency_key, fingerprint, symbol, side, quantity)
         values ($1, $2, '', 'ACME', 'buy', 1) returning id`,
        [userId, randomUUID()],
      );
      await client.query("insert into outbox (order_id, correlation_id) values ($1, 'benchmark')", [rows[0]?.id]);
      await client.query("commit");
      times.push(performance.now() - started);
    }
    await client.end();
  };
  await Promise.all(Array.from({ length: writers }, write));
  const sorted = times.sort((a, b) => a - b);
  const p99 = Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0);
  return { perSecond: times.length / ((performance.now() - begun) / 1000), p99 };
}

/** Answers to each probe while customers ask as fast as they can. */
async function probing(server: Served, stored: string): Promise<readonly (readonly string[])[]> {
  const paths = ["/health/live", "/health/ready", "/health"];
  const times = new Map<string, number[]>(paths.map((path) => [path, []]));
  let over = false;
  const asking = paths.map(async (path) => {
    while (!over) {
      const started = performance.now();
      await (await fetch(urlOf(server, path))).arrayBuffer();
      times.get(path)?.push(performance.now() - started);
      await delay(10);
    }
  });
  await load({ url: urlOf(server, `/orders/${stored}`), token: server.token, clients: readers, seconds: 10 });
  over = true;
  await Promise.all(asking);
  return [...times].map(([path, taken]) => {
    const p99 = taken.sort((a, b) => a - b)[Math.floor(taken.length * 0.99)] ?? Number.NaN;
    return [`${path} under load`, "", p99.toFixed(1), "", "", "", "", ""];
  });
}

export default benchmark;
