import { describe, expect, test } from "vitest";
import { root } from "../../cli/root.ts";
import { readStackFile } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { describePlatform, mountedFile } from "../specification.ts";

const file = readStackFile(root, "dev");
const dev = (config: object = {}) => describePlatform(readSettings({ ...file, config: { ...file.config, ...config } }));
const namesOf = ({ monitoring }: ReturnType<typeof dev>) => monitoring.map(({ name }) => name);
const alertmanager = (platform: ReturnType<typeof dev>) =>
  mountedFile(platform, "alertmanager", "/etc/alertmanager/alertmanager.yml");
const elsewhere = {
  pagerduty: { url: "https://events.example.com/v2/enqueue" },
  email: { smarthost: "smtp.example.com:587" },
};

test("dev runs a sink, to which its receivers lead", () => {
  expect(namesOf(dev())).toContain("alert-sink");
  const text = alertmanager(dev());
  for (const place of [":8082/v2/enqueue", ":1025", ":8082/api/v1/webhooks/alerts"]) {
    expect(text).toContain(`alert-sink${place}`);
  }
  expect(text).toContain("url: http://backend:8000/api/v1/webhooks/alerts");
});

test("where it is found follows the target", () => {
  const kubernetes = dev({ target: "kubernetes" });
  expect(namesOf(kubernetes)).toContain("alert-sink");
  expect(alertmanager(kubernetes)).toMatch(/http:\/\/alert-sink\.\S+\.svc\.\S+:8082\/v2\/enqueue/);
});

describe("there is none", () => {
  test.each([
    ["where no receiver leads to it", { alerts: { receivers: elsewhere } }],
    ["where it is left out", { without: ["alert-sink"] }],
    ["without Alertmanager", { without: ["alertmanager"] }],
  ])("%s", (_, config) => {
    expect(namesOf(dev(config))).not.toContain("alert-sink");
  });
  test("in staging and prod", () => {
    for (const stack of ["staging", "prod"]) {
      const platform = describePlatform(readSettings(readStackFile(root, stack)));
      expect(namesOf(platform)).not.toContain("alert-sink");
      expect(alertmanager(platform)).not.toContain("alert-sink");
    }
  });
});

test("mail to somebody else is not taken for the developer's own certificate", () => {
  const text = alertmanager(dev({ alerts: { receivers: { email: elsewhere.email } } }));
  expect(text).not.toContain("tls_config");
  expect(text).toContain("alert-sink:8082/v2/enqueue");
});

test("staging that would send to it is refused, by key", () => {
  const staging = readStackFile(root, "staging");
  const receivers = {
    pagerduty: { url: "http://alert-sink:8082/v2/enqueue" },
    email: { smarthost: "alert-sink:1025" },
  };
  expect(() => readSettings({ ...staging, config: { ...staging.config, alerts: { receivers } } })).toThrow(
    /alerts\.receivers\.pagerduty\.url.*development's sink[\s\S]*alerts\.receivers\.email\.smarthost/,
  );
});
