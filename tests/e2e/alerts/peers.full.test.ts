import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { applySilences, heldSilences } from "../../../cli/silences/api.ts";
import { alertmanagers } from "../../../components/alerts/peers.ts";
import { paces } from "../../../components/alerts/routes.ts";
import { planSilences } from "../../../components/alerts/silences.ts";
import { type Channel, taken } from "../../../services/alert-sink/received.ts";
import { type Ground, ground, type Product } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { busyPeerTimeout, counted, type Receivers, startAlertmanagers, startReceivers } from "./alertmanager.ts";
import { type Fired, faultsOf, tell } from "./fired.ts";
import { arrived, holds } from "./inbox.ts";

// Production on Kubernetes, with its own times and flags: only addresses are this host's, and the wait for the peer is longer.
const settings = settingsOf("prod", "kubernetes");
const pages = ["slack", "pagerduty", "email", "webhook"] as const;

let products: Ground;
let receivers: Receivers;
let both: readonly Product[];
beforeEach(async () => {
  products = ground("peers");
  receivers = await startReceivers(settings);
  both = await startAlertmanagers(products, { settings, receivers }, alertmanagers(settings));
  await holds("they know of each other", async () => {
    const seen = await Promise.all(both.map((each) => members(each)));
    return seen.every((count) => count === 2);
  });
  // The first time, Alertmanager is built.
}, 600_000);
afterEach(async () => {
  await products.clear();
  await receivers.sink.stop();
});

async function members({ url }: Product): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^alertmanager_cluster_members (\d+)$/m.exec(text)?.[1]);
}

/** As Prometheus does: everything to everyone who answers. */
async function tellAll(alerts: readonly Fired[]): Promise<void> {
  const told = await Promise.allSettled(both.map((each) => tell(each, alerts)));
  expect(told.some(({ status }) => status === "fulfilled")).toBe(true);
}

const count = (channel: Channel): number => taken<unknown>(receivers.sink.inbox[channel]).length;
const sent = (product: Product): Promise<number> =>
  counted(product, "alertmanager_notifications_total", { integration: "pagerduty" });

test("two tell everything once; when the one that sends dies, the other does, after its wait", {
  timeout: 300_000,
}, async () => {
  expect(both).toHaveLength(2);
  await tellAll(faultsOf(settings, "DatabaseDown"));
  await Promise.all(pages.map((channel) => arrived<unknown>(receivers.sink.inbox[channel])));
  // The second has waited for the first by now, and the next interval is over.
  await sleep(1000 * (busyPeerTimeout + paces.critical.interval.seconds + 2));
  for (const channel of pages) expect([channel, count(channel)]).toEqual([channel, 1]);

  const [one, other] = both;
  if (one === undefined || other === undefined) throw new Error("there are not two");
  const first = (await sent(one)) > 0 ? one : other;
  const second = first === one ? other : one;
  expect(await sent(second)).toBe(0);
  // Between the alert and its message.
  await tellAll(faultsOf(settings, "RedisDown"));
  const fired = Date.now();
  await first.kill();
  await arrived(receivers.sink.inbox.pagerduty, { count: 2 });
  const waited = ((receivers.sink.inbox.pagerduty.at(-1)?.at ?? 0) - fired) / 1000;
  console.log(`the first died: the page came ${waited.toFixed(1)} s after the alert`);
  // Nothing comes again.
  await sleep(1000 * (paces.critical.interval.seconds + 2));
  for (const channel of ["slack", "pagerduty", "webhook"] as const)
    expect([channel, count(channel)]).toEqual([channel, 2]);
  // That it is alone: after three probes of a second each, and some patience.
  await holds("the other knows that it is alone", async () => (await members(second)) === 1, 60);
});

test("what is silenced at one is silent at both", { timeout: 300_000 }, async () => {
  const [one, other] = both;
  if (one === undefined || other === undefined) throw new Error("there are not two");
  const ends = new Date(Date.now() + 600_000).toISOString();
  const silences = { quiet: { reason: "a test", owner: "nobody", ends, matchers: { service: "cache" } } };
  await applySilences(one.url, planSilences(silences, [], new Date()));
  await holds("the other knows it", async () => (await heldSilences(other.url)).length === 1);
  await tellAll(faultsOf(settings, "RedisDown", "BackendDown"));
  await arrived(receivers.sink.inbox.pagerduty);
  await sleep(1000 * (busyPeerTimeout + paces.critical.interval.seconds + 2));
  expect(
    taken(receivers.sink.inbox.webhook).flatMap(({ alerts }) => alerts.map(({ labels }) => labels.alertname)),
  ).toEqual(["BackendDown"]);
});
