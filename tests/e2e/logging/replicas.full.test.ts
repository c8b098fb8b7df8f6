import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
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

beforeAll(async () => {
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
    await until("each knows the others", async () => {
      const ring = await fetch(`${url}/ring`, { headers: { Accept: "application/json" } });
      const active = list(at(await ring.json(), "shards")).filter((shard) => at(shard, "state") === "ACTIVE");
      return active.length === 3 ? true : undefined;
    });
  }
  // The first time, Loki is built.
}, 1_200_000);
afterAll(() => products?.clear());

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
          [["server"], listening(port, grpc)],
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
          [["ingester", "lifecycler"], { id: name, min_ready_duration: "0s" }],
        ],
      }),
    ),
  );
}

const listening = (port: number, grpc: number) => ({
  http_listen_address: "127.0.0.1",
  http_listen_port: port,
  grpc_listen_address: "127.0.0.1",
  grpc_listen_port: grpc,
});

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

test("one of three is killed while lines come: every line that was acknowledged is found, by either of the others", async () => {
  const acknowledged: string[] = [];
  let refused = 0;
  const [first, ...others] = lokis;
  for (let batch = 0; batch < batches; batch++) {
    const lines = Array.from({ length: 50 }, (_, index) => `line ${batch} ${index}`);
    const to = lokis[batch % lokis.length];
    if (to !== undefined && (await push(to, lines))) acknowledged.push(...lines);
    else refused += 1;
    if (batch === batches / 2) await first?.kill();
    await sleep(20);
  }
  console.log(`${acknowledged.length} lines acknowledged, ${refused} of ${batches} batches refused`);
  // Only those that were sent to the dead one itself.
  expect(refused).toBeLessThanOrEqual(Math.ceil(batches / 2 / lokis.length));
  for (const loki of others) {
    const found = await linesOf(loki.url, '{stack="prod"}');
    expect(balance(acknowledged, found)).toEqual({ lost: 0, doubled: 0 });
  }
  // Out of memory, into the bucket: still each line once, though two hold it.
  for (const loki of others) await fetch(`${loki.url}/flush`, { method: "POST" });
  await until("chunks are in the bucket", async () => {
    const listed = await (await fetch(`${store.url}/${bucket}?list-type=2`)).text();
    return listed.includes("<Key>fake/") ? true : undefined;
  });
  for (const loki of others) {
    const found = await linesOf(loki.url, '{stack="prod"}');
    expect(balance(acknowledged, found)).toEqual({ lost: 0, doubled: 0 });
  }
}, 600_000);
