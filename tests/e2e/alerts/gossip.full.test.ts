import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applySilences, heldSilences } from "../../../cli/silences/api.ts";
import { planSilences } from "../../../components/alerts/silences.ts";
import { identityPath } from "../../../components/mtls.ts";
import { type Ground, ground, type Product } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { authority, issued } from "../mtls/certificates.ts";
import { type Identity, type Receivers, startAlertmanagers, startReceivers, told } from "./alertmanager.ts";
import { holds } from "./inbox.ts";

// Production on Kubernetes. Each is told everybody's address, as anything in the network could tell itself.
const settings = settingsOf("prod", "kubernetes");
const strangers = ["plain", "of another authority", "another member", "ended"] as const;
type Stranger = (typeof strangers)[number];

let products: Ground;
let receivers: Receivers;
let ours: { readonly certificate: string; readonly privateKey: string };
let theirs: typeof ours;
let both: readonly Product[];
let others: ReadonlyMap<Stranger, Product>;

beforeAll(async () => {
  products = ground("gossip");
  receivers = await startReceivers(settings);
  ours = await authority();
  theirs = await authority();
  // All trust ours: what they show is what differs.
  const showing = async (pem: Promise<string>): Promise<Identity> => ({
    authority: ours.certificate,
    pem: await pem,
  });
  const identities = await Promise.all([
    showing(issued(ours, "alertmanager")),
    showing(issued(ours, "alertmanager")),
    showing(issued(ours, "alertmanager")).then((each) => ({ ...each, isPlain: true as const })),
    showing(issued(theirs, "alertmanager")),
    showing(issued(ours, "gateway")),
    showing(issued(ours, "alertmanager", -1)),
  ]);
  const all = await startAlertmanagers(products, { settings, receivers, identities }, identities.length);
  both = all.slice(0, 2);
  others = new Map(strangers.flatMap((name, index) => all.slice(index + 2, index + 3).map((each) => [name, each])));
  // The first time, Alertmanager is built.
}, 600_000);
afterAll(async () => {
  await products.clear();
  await receivers.sink.stop();
});

const members = (each: Product): Promise<number> => told(each, "alertmanager_cluster_members");
/** How often it tried in vain to join somebody whom it knows by address: every 15 s. */
const failures = (each: Product): Promise<number> => told(each, "alertmanager_cluster_refresh_join_failed_total");

const silenced = async (each: Product): Promise<number> => (await heldSilences(each.url)).length;

/** Silences something at the first of ours. */
async function silence(name: string): Promise<void> {
  const ends = new Date(Date.now() + 600_000).toISOString();
  const silences = { [name]: { reason: "a test", owner: "nobody", ends, matchers: { service: "cache" } } };
  await applySilences(both[0]?.url ?? "", planSilences(silences, [], new Date()));
}

/** A file of one of them, in place of what is there, as the kubelet does it. */
function replace(index: number, path: string, text: string): void {
  const file = join(products.folder, `alertmanager-${index}`, path);
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

test("two find each other by their certificates; who has none of theirs is not let in, and hears nothing", {
  timeout: 300_000,
}, async () => {
  for (const [name, stranger] of others) {
    await holds(`${name} has tried to join`, async () => (await failures(stranger)) > 0, 120);
  }
  await holds("both know of each other", async () => (await Promise.all(both.map(members))).every((one) => one === 2));
  await silence("first");
  for (const each of both) await holds("ours know what is silenced", async () => (await silenced(each)) === 1);
  for (const [name, stranger] of others) {
    expect([name, await members(stranger), await silenced(stranger)]).toEqual([name, 1, 0]);
  }
});

test("another certificate is taken by who runs; another authority by who is started anew", {
  timeout: 300_000,
}, async () => {
  const index = (name: Stranger): number => 2 + strangers.indexOf(name);
  const [renewed, alien] = [others.get("ended"), others.get("of another authority")];
  if (renewed === undefined || alien === undefined) throw new Error("they were not started");
  const trusted = "/etc/alertmanager-gossip/ca.crt";
  for (const each of [0, 1]) replace(each, trusted, ours.certificate + theirs.certificate);
  replace(index("ended"), identityPath, await issued(ours, "alertmanager"));
  await holds(
    "all three know of each other",
    async () => (await Promise.all([...both, renewed].map(members))).every((one) => one === 3),
    120,
  );
  await silence("second");
  await holds("the renewed one hears", async () => (await silenced(renewed)) > 0, 120);
  const before = await failures(alien);
  // Each try counts once for each of at most six that it is told of: this is two tries at least.
  await holds("the other authority's has tried again", async () => (await failures(alien)) > before + 6, 120);
  expect(await members(alien)).toBe(1);
});
