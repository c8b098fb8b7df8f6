import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sampleSecrets } from "../components/alerts/sink.ts";
import type { Settings } from "../components/settings.ts";
import type { SecretName } from "../components/workload/index.ts";
import { settingsOf } from "../tests/support/stacks.ts";
import { secretResolver, secretsFileVariable } from "./secrets.ts";

/** What `./platform env dev` leaves in a person's shell. */
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secrets-"));
  const file = join(folder, "secrets.json");
  writeFileSync(file, JSON.stringify({ databasePassword: "of dev", slackWebhookUrl: sampleSecrets.slackWebhookUrl }));
  vi.stubEnv(secretsFileVariable, file);
  pulumi.runtime.setAllConfig({});
});
afterEach(() => {
  vi.unstubAllEnvs();
  pulumi.runtime.setAllConfig({});
  rmSync(folder, { recursive: true });
});

const dev = settingsOf("dev");
/** Through which the values pass; on ECS they do not. */
const others = ["staging", "prod"].flatMap((stack) =>
  ["docker", "kubernetes"].map((target) => ({ name: `${stack} on ${target}`, settings: settingsOf(stack, target) })),
);

const resolved = (settings: Settings, name: SecretName): Promise<string> =>
  new Promise((resolve) => secretResolver(settings).secretValue(name).apply(resolve));

test("dev reads its file, also samples; what its config says goes before", async () => {
  expect(await resolved(dev, "databasePassword")).toBe("of dev");
  expect(await resolved(dev, "slackWebhookUrl")).toBe(sampleSecrets.slackWebhookUrl);
  pulumi.runtime.setAllConfig({ "secrets:databasePassword": "of its config" });
  expect(await resolved(dev, "databasePassword")).toBe("of its config");
});

describe.each(others)("$name", ({ settings }) => {
  test("never takes what dev has, whatever the shell says", () => {
    expect(() => secretResolver(settings).secretValue("databasePassword")).toThrow(
      `secret databasePassword: stack ${settings.stack} has no value for it; run: pulumi config set --secret secrets:databasePassword --stack ${settings.stack}`,
    );
  });

  test.each(Object.values(sampleSecrets))("refuses dev's sample %s, whichever secret it is set for", async (sample) => {
    pulumi.runtime.setAllConfig({ "secrets:smtpPassword": sample, "secrets:databasePassword": "its own" });
    expect(() => secretResolver(settings).secretValue("smtpPassword")).toThrow(
      `secret smtpPassword: stack ${settings.stack} has the sample that ./platform up dev makes`,
    );
    expect(await resolved(settings, "databasePassword")).toBe("its own");
  });
});

test("an environment decides, and not what its stack is called", () => {
  const named = { ...settingsOf("prod", "docker"), stack: "dev" };
  expect(() => secretResolver(named).secretValue("databasePassword")).toThrow("stack dev has no value for it");
});
