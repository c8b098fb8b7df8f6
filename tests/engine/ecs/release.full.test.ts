import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { groundOf } from "../../../cli/commands/ground.ts";
import { runCommand } from "../../../cli/engine/command.ts";
import { openProject } from "../../../cli/engine/project.ts";
import { root } from "../../../cli/root.ts";
import { cacheFolder } from "../../../cli/setup/cache.ts";
import { ensurePulumi } from "../../../cli/setup/pulumi.ts";
import { type RunningCloud, serveCloud } from "../../../offline/aws/ecs/serve.ts";
import { makeTemporaryBackend, type TemporaryBackend } from "../../../offline/backend.ts";
import { type OfflineProviders, startOfflineProviders } from "../../../offline/start.ts";
import { deployed, type Outcome } from "../../support/deployed.ts";
import { lockMirrored } from "../../support/mirrored.ts";

let home: TemporaryBackend;
let cloud: RunningCloud;
let providers: OfflineProviders;
beforeEach(async () => {
  vi.stubEnv("TRADING_PLATFORM_CACHE", cacheFolder());
  [home, cloud] = await Promise.all([makeTemporaryBackend(), serveCloud()]);
  const environment = {
    ...cloud.environment,
    HOME: home.directory,
    PULUMI_HOME: join(home.directory, "pulumi"),
    PULUMI_BACKEND_URL: home.url,
    PULUMI_CONFIG_PASSPHRASE: "of a test",
    XDG_DATA_HOME: undefined,
    PULUMI_ACCESS_TOKEN: undefined,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  // The one that takes a rollback for success.
  providers = await startOfflineProviders({ backend: home, services: "older" });
  vi.stubEnv("PULUMI_DEBUG_PROVIDERS", providers.environment.PULUMI_DEBUG_PROVIDERS);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all([providers.stop(), cloud.stop(), home.remove()]);
});

/** `./platform up staging` of a version, from a folder of its own: the engine writes into the stack's file. */
async function up(version: string): Promise<Outcome> {
  const folder = join(home.directory, "checkout");
  const main = relative(folder, join(root, "index.ts"));
  const isFirst = (await mkdir(folder, { recursive: true })) !== undefined;
  await writeFile(join(folder, "Pulumi.yaml"), stringify({ name: "trading-platform", runtime: "nodejs", main }));
  const { config } = parse(await readFile(join(root, "Pulumi.staging.yaml"), "utf8"));
  const images = { ...config["trading-platform:images"], version };
  const changed = { ...config, "trading-platform:images": images, "offline:secrets": "placeholder" };
  await writeFile(join(folder, "Pulumi.staging.yaml"), stringify({ config: changed }));
  lockMirrored(folder, "staging");
  if (isFirst) await runCommand(await ensurePulumi(), ["stack", "init", "staging"], folder, {});
  return deployed({ project: openProject(folder), stack: "staging" }, "up", { groundOf });
}

async function expectDone(ending: Promise<Outcome>): Promise<void> {
  const { refusal, printed } = await ending;
  expect(refusal, printed).toBeUndefined();
}

/** Which task definition each service of the release runs. */
const running = () =>
  ["backend", "worker", "frontend"].map((service) => cloud.cluster.running(service)?.replace("trading-staging-", ""));

test("a release is one unit: where ECS takes one service back the others follow, now and when nobody looked", {
  timeout: 900_000,
}, async () => {
  await expectDone(up("1.0.0"));
  expect(running()).toEqual(["backend:1", "worker:1", "frontend:1"]);

  cloud.cluster.script("backend", "breaker");
  const failed = await up("2.0.0");
  expect(failed.refusal).toMatch(/^staging: up failed/);
  expect(failed.printed).toContain("backend: runs trading-staging-backend:1, not trading-staging-backend:2");
  expect(failed.printed).toContain("the last lines of backend are not to be had from here:");
  expect(failed.printed).toMatch(/^staging: taken back: the release of \S+ is deployed again$/m);
  // Registered anew: the third revision has what the first had.
  expect(running()).toEqual(["backend:3", "worker:3", "frontend:3"]);
  expect((await up("1.0.0")).printed).toContain("staging: nothing to do");

  // Nobody looked, and nothing in the state or the settings says so.
  cloud.cluster.goBack("worker");
  expect(running()).toEqual(["backend:3", "worker:2", "frontend:3"]);
  await expectDone(up("1.0.0"));
  expect(running()).toEqual(["backend:3", "worker:3", "frontend:3"]);
});
