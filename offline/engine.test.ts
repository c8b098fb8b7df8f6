import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as docker from "@pulumi/docker";
import * as kubernetes from "@pulumi/kubernetes";
import { type EngineEvent, LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeTemporaryBackend, type TemporaryBackend } from "./backend.ts";
import { type Fault, type OfflineProviders, startOfflineProviders } from "./start.ts";

const engine = spawnSync("pulumi", ["version"], { encoding: "utf8" });
const missing = engine.error !== undefined;
if (missing) {
  console.warn("offline/engine.test.ts is skipped: no `pulumi` on PATH; run it by `./platform test`");
}

interface Settings {
  readonly image?: string;
  readonly memory?: number;
  readonly data?: string;
  readonly cpu?: string;
  readonly circuitBreaker?: { readonly enable: boolean; readonly rollback: boolean };
}

/** A few resources of each provider that depend on each other. */
function program({
  image = "nginx:1.27.3",
  memory = 64,
  data = "1",
  cpu = "256",
  circuitBreaker,
}: Settings = {}): PulumiFn {
  return async () => {
    const network = new docker.Network("net");
    const container = new docker.Container(
      "web",
      { image, memory, networksAdvanced: [{ name: network.name }] },
      { deleteBeforeReplace: false },
    );
    const cluster = new aws.ecs.Cluster("cluster");
    const containerDefinitions = JSON.stringify([{ name: "a", image }]);
    const task = new aws.ecs.TaskDefinition("task", { family: "web", cpu, containerDefinitions });
    new aws.ecs.Service("service", {
      cluster: cluster.arn,
      taskDefinition: task.arn,
      ...(circuitBreaker === undefined ? {} : { deploymentCircuitBreaker: circuitBreaker }),
    });
    const files = new kubernetes.core.v1.ConfigMap("files", { data: { "a.conf": data } });
    const labels = { app: "web" };
    const volumes = [{ name: "files", configMap: { name: files.metadata.name } }];
    new kubernetes.apps.v1.Deployment("deployment", {
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "web", image }], volumes } },
      },
    });
    const password = new kubernetes.core.v1.Secret("password", { stringData: { password: "hush-hush" } });
    return { container: container.id, service: task.arn, password: password.stringData };
  };
}

describe.skipIf(missing)("the real engine", { timeout: 120_000 }, () => {
  let backend: TemporaryBackend;
  let healthy: OfflineProviders;
  let stack: Stack;
  let faulty: OfflineProviders | undefined;

  beforeAll(async () => {
    backend = await makeTemporaryBackend();
    healthy = await startOfflineProviders({ backend });
    stack = await makeStack(backend);
  });
  afterEach(async () => {
    await faulty?.stop();
    faulty = undefined;
  });
  afterAll(async () => {
    await healthy.stop();
    await backend.remove();
  });

  function environment(providers: OfflineProviders, url: string): Record<string, string> {
    return {
      ...providers.environment,
      PULUMI_BACKEND_URL: url,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
  }

  async function makeStack({ url }: TemporaryBackend): Promise<Stack> {
    return LocalWorkspace.createOrSelectStack(
      { stackName: "dev", projectName: "offline-test", program: program() },
      {
        envVars: environment(healthy, url),
        projectSettings: { name: "offline-test", runtime: "nodejs", backend: { url } },
        stackSettings: { dev: { config: { "aws:region": "eu-central-1" } } },
      },
    );
  }

  /** The stack with these settings, on stand-ins with these faults. */
  async function stackWith(settings: Settings, faults: readonly Fault[] = []): Promise<Stack> {
    await faulty?.stop();
    faulty = faults.length === 0 ? undefined : await startOfflineProviders({ backend, faults });
    stack.workspace.program = program(settings);
    stack.workspace.envVars = environment(faulty ?? healthy, backend.url);
    return stack;
  }

  /** What a preview plans, by resource: `update`, `replace`, … */
  async function planned(settings: Settings): Promise<Readonly<Record<string, string>>> {
    const plan: Record<string, string> = {};
    const onEvent = ({ resourcePreEvent }: EngineEvent): void => {
      const step = resourcePreEvent?.metadata;
      const op = step?.op ?? "same";
      if (step !== undefined && op !== "same" && !/^(create|delete)-replace/.test(op)) {
        plan[step.urn.split("::").at(-1) ?? ""] = op;
      }
    };
    await (await stackWith(settings)).preview({ onEvent });
    return plan;
  }

  test("previews, deploys, and then finds nothing to do; nor does a refresh", async () => {
    await stackWith({});
    const preview = await stack.preview();
    expect(preview.changeSummary).toEqual({ create: 9 });
    const up = await stack.up();
    expect(up.outputs.container?.value).toMatch(/^[0-9a-f]{64}$/);
    expect(up.outputs.service?.value).toBe("arn:aws:ecs:eu-central-1:123456789012:task-definition/web:1");
    expect(up.outputs.password).toEqual({ value: { password: "hush-hush" }, secret: true });
    const file = join(backend.directory, ".pulumi/stacks/offline-test/dev.json");
    expect(readFileSync(file, "utf8")).toContain("default/password-");
    expect(readFileSync(file, "utf8")).not.toContain("hush-hush");
    expect((await stack.up()).summary.resourceChanges).toEqual({ same: 9 });
    expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 9 });
  });

  test("one change updates or replaces exactly what it must", async () => {
    expect(await planned({ memory: 128 })).toEqual({ web: "update" });
    expect(await planned({ data: "2" })).toEqual({ files: "replace", deployment: "update" });
    expect(await planned({ cpu: "512" })).toEqual({ task: "replace", service: "update" });
    const image = "nginx:1.28.0";
    expect(await planned({ image })).toEqual({
      web: "replace",
      task: "replace",
      service: "update",
      deployment: "update",
    });
    const before = (await (await stackWith({})).outputs()).container?.value;
    const after = (await (await stackWith({ image })).up()).outputs.container?.value;
    expect(after).not.toBe(before);
    expect(await planned({ image })).toEqual({});
  });

  test("every problem with the inputs is reported", async () => {
    const circuitBreaker = { enable: true, enabled: true, rollback: true, roleback: true };
    await stackWith({ image: "nginx:1.28.0", circuitBreaker });
    const problems = await stack.preview().then(() => "none", String);
    expect(problems).toMatch(/deploymentCircuitBreaker\.enabled.*did you mean .*enable/);
    expect(problems).toMatch(/deploymentCircuitBreaker\.roleback.*did you mean .*rollback/);
  });

  test("a container that does not get healthy is recorded with its error, and the next update repairs it", async () => {
    const changed = { image: "nginx:1.29.0" };
    const failing = await stackWith(changed, [{ resource: "web", on: "create", kind: "fail", message: "unhealthy" }]);
    await expect(failing.up()).rejects.toThrow(/unhealthy/);
    expect(JSON.stringify(await failing.exportStack())).toContain('"initErrors"');
    const repaired = await stackWith(changed);
    await repaired.up();
    expect(JSON.stringify(await repaired.exportStack())).not.toContain('"initErrors"');
    expect(await planned(changed)).toEqual({});
  });

  test("a failure before the id leaves the old one serving", async () => {
    const changed = { image: "nginx:1.30.0" };
    const before = (await (await stackWith({})).outputs()).container?.value;
    const fault: Fault = { resource: "::web", on: "create", kind: "fail", afterId: false };
    await expect((await stackWith(changed, [fault])).up()).rejects.toThrow(/injected failure of create/);
    expect((await (await stackWith(changed)).outputs()).container?.value).toBe(before);
    await (await stackWith(changed)).up();
  });

  test("cancelling ends a slow creation at once, and the next update goes on", async () => {
    const changed = { image: "nginx:1.31.0" };
    await stackWith(changed, [{ resource: "web", on: "create", kind: "slow", milliseconds: 60_000 }]);
    const started = performance.now();
    const abort = new AbortController();
    const onEvent = ({ resourcePreEvent }: EngineEvent): void => {
      if (resourcePreEvent?.metadata.urn.endsWith("::web") && resourcePreEvent.metadata.op.startsWith("create")) {
        setTimeout(() => abort.abort(), 500);
      }
    };
    await expect(stack.up({ onEvent, signal: abort.signal })).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(30_000);
    const next = await stackWith(changed);
    await next.up();
    expect(await planned(changed)).toEqual({});
  });

  test("another state is refused, and nothing is recorded there", async () => {
    const other = await makeTemporaryBackend();
    try {
      const elsewhere = await makeStack(other);
      await expect(elsewhere.up()).rejects.toThrow(/changes nothing here: no update of offline-test\/dev is running/);
      const { deployment } = await elsewhere.exportStack();
      const types: readonly string[] = (deployment.resources ?? []).map((it: { type: string }) => it.type);
      expect(types.filter((it) => /^(aws|kubernetes|docker):/.test(it))).toEqual([]);
    } finally {
      await other.remove();
    }
  });

  test("destroys, and leaves no lock behind", async () => {
    await stackWith({ image: "nginx:1.31.0" });
    const { summary } = await stack.destroy();
    expect(summary.resourceChanges).toEqual({ delete: 9 });
    const locks = join(backend.directory, ".pulumi/locks/organization/offline-test/dev");
    expect(existsSync(locks) ? readdirSync(locks).filter((it) => it.endsWith(".json")) : []).toEqual([]);
  });
});
