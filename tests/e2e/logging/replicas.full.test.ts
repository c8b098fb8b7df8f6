import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../../../cli/open/free-port.ts";
import { ensurePython } from "../../../cli/setup/python.ts";
import { at, list } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { startLoki } from "../../support/products/loki.ts";
import { type Ground, ground, type Product } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { balance, linesOf } from "./stored.ts";

const bucket = "trading-prod-logs";
/** Of 50 lines each: 5,000 lines, at the size 100,000. */
const batches = process.env.TEST_SIZE === "issue" ? 2_000 : 100;
const keys = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

let products: Ground;
let store: Product;
let lokis: readonly Product[];

beforeEach(async () => {
  products = ground("log-replicas");
  const python = await ensurePython(join(import.meta.dirname, "../../config/aws/requirements.txt"), "moto");
  store = await products.start({
    name: "s3",
    program: python.command,
    words: (_, port) => ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)],
    environment: python.environment,
    readyPath: "/moto-api/data.json",
  });
  const location =
    "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
  const made = await fetch(`${store.url}/${bucket}`, { method: "PUT", body: location });
  if (!made.ok) throw new Error(await made.text());
  lokis = await startLokis();
  for (const { url } of lokis) {
    for (const ring of ["ring", "scheduler/ring"])
      await until("each knows the others", () => isWhole(`${url}/${ring}`));
  }
  // The first time, Loki is built.
}, 1_200_000);
afterEach(() => products?.clear());

/** Three with the configuration of prod on Kubernetes; addresses and ports are the test's, all on one loopback. */
async function startLokis(): Promise<readonly Product[]> {
  const logStore = { bucket, region: "eu-central-1", endpoint: store.url };
  const settings = settingsOf("prod", "kubernetes", { logs: { replicas: 3 }, kubernetes: { logStore } });
  const places = await Promise.all(
    ["loki-0", "loki-1", "loki-2"].map(async (name) => ({
      name,
      port: await freePort(),
      grpc: await freePort(),
      gossip: await freePort(),
    })),
  );
  return Promise.all(
    places.map(({ name, port, grpc, gossip }) =>
      startLoki(products, {
        settings,
        name,
        port,
        environment: { ...process.env, ...keys },
        changes: [
          [["server", "grpc_listen_address"], "127.0.0.1"],
          [["server", "grpc_listen_port"], grpc],
          [["common", "ring", "instance_id"], name],
          [
            ["common", "storage"],
            {
              s3: {
                bucketnames: bucket,
                region: "eu-central-1",
                endpoint: store.url,
                s3forcepathstyle: true,
                insecure: true,
              },
            },
          ],
          [["schema_config", "configs", 0, "object_store"], "s3"],
          [["compactor", "delete_request_store"], "s3"],
          [["memberlist", "join_members"], places.map((place) => `127.0.0.1:${place.gossip}`)],
          [["memberlist", "bind_addr"], ["127.0.0.1"]],
          [["memberlist", "bind_port"], gossip],
          [["memberlist", "node_name"], name],
          [["ingester", "lifecycler", "min_ready_duration"], "0s"],
        ],
      }),
    ),
  );
}

async function isWhole(ringUrl: string): Promise<true | undefined> {
  const ring = await fetch(ringUrl, { headers: { Accept: "application/json" } });
  const active = list(at(await ring.json(), "shards")).filter((shard) => at(shard, "state") === "ACTIVE");
  return active.length === 3 ? true : undefined;
}

/** True if that Loki says that it has the lines. */
async function push({ url }: Product, lines: readonly string[]): Promise<boolean> {
  const now = BigInt(Date.now()) * 1_000_000n;
  const values = lines.map((line, index) => [String(now + BigInt(index)), line]);
  const answer = await fetch(`${url}/loki/api/v1/push`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ streams: [{ stream: { stack: "prod", service: "backend" }, values }] }),
  }).catch(() => undefined);
  if (answer !== undefined && answer.status !== 204) console.log(`refused: ${answer.status} ${await answer.text()}`);
  return answer?.status === 204;
}

test.each<[string, (one: Product) => unknown]>([
  ["killed", (one) => one.kill()],
  // Others go on taking it for alive: as a lost host, it closes no connection.
  ["silent", (one) => one.freeze()],
])(
  "one of three is %s while lines come: every line that was acknowledged is found, by either of the others",
  {
    timeout: 900_000,
  },
  async (_, lose) => {
    const acknowledged: string[] = [];
    const [lost = expect.unreachable(), ...others] = lokis;
    for (let batch = 0; batch < batches; batch++) {
      const lines = Array.from({ length: 50 }, (_, index) => `line ${batch} ${index}`);
      // As the cluster does: it sends nothing to one that is not ready.
      const here = batch < batches / 2 ? lokis : others;
      const to = here[batch % here.length];
      if (to !== undefined && (await push(to, lines))) acknowledged.push(...lines);
      if (batch === batches / 2 - 1) await lose(lost);
      await sleep(20);
    }
    expect(acknowledged).toHaveLength(batches * 50);
    let slowest = 0;
    const everyLineIsFound = async () => {
      for (const loki of others) {
        const asked = performance.now();
        const found = await linesOf(loki.url, '{stack="prod"}');
        slowest = Math.max(slowest, performance.now() - asked);
        expect(balance(acknowledged, found)).toEqual({ lost: 0, doubled: 0 });
      }
    };
    await everyLineIsFound();
    // Out of memory, into the bucket: still each line once, though two hold it.
    for (const loki of others) await fetch(`${loki.url}/flush`, { method: "POST" });
    await until("chunks are in the bucket", async () => {
      const listed = await (await fetch(`${store.url}/${bucket}?list-type=2`)).text();
      return listed.includes("<Key>fake/") ? true : undefined;
    });
    // Some times, since each is handed to any of those who can answer.
    for (let round = 0; round < 5; round++) await everyLineIsFound();
    console.log(`${acknowledged.length} lines, slowest answer ${(slowest / 1000).toFixed(1)} s`);
  },
);
