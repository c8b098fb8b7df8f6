import { expect, test } from "vitest";
import { ground } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { startAlertmanager, startReceivers } from "./alertmanager.ts";
import { faultsOf, tell } from "./fired.ts";
import { arrived } from "./inbox.ts";
import { followed, linksIn } from "./links.ts";

// Production's own are followed where its messages are delivered. No two of these are one incident.
const faults = ["DatabaseDown", "HighRedisMemory", "HighCpuUsage", "CertificateExpiring"];

test.each([
  [
    "staging, Grafana by its public name",
    "https://grafana.staging.trading.example.com/",
    settingsOf("staging", undefined, { mtls: false }),
  ],
  [
    "production without single sign-on",
    "http://localhost:13001/",
    settingsOf("prod", "kubernetes", { grafana: {}, mtls: false }),
  ],
])("every link of a message leads somewhere: %s", { timeout: 300_000 }, async (_, grafana, settings) => {
  const products = ground("links");
  const receivers = await startReceivers(settings);
  const { inbox } = receivers.sink;
  try {
    const shortened = { "30s": "1s", "5s": "1s", "5m": "2s" };
    const alertmanager = await startAlertmanager(products, { settings, receivers, shortened });
    await tell(alertmanager, faultsOf(settings, ...faults));
    await arrived(inbox.slack, { count: faults.length });
    await arrived(inbox.pagerduty);
    await arrived(inbox.email);
    const links = linksIn(inbox);
    expect(links.filter((link) => link.startsWith(grafana)).length).toBeGreaterThan(faults.length);
    expect(links.flatMap((link) => followed(link, settings) ?? [])).toEqual([]);
  } finally {
    await products.clear();
    await receivers.sink.stop();
  }
});
