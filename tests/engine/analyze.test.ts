import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { analyze } from "../../cli/engine/analyze.ts";
import { openProject } from "../../cli/engine/project.ts";
import { root } from "../../cli/root.ts";

const urn = (type: string, name: string): string => `urn:pulumi:prod::trading-platform::${type}::${name}`;
const resource = (type: string, name: string, properties: object) => ({
  urn: urn(type, name),
  type,
  custom: !type.startsWith("pulumi:"),
  ...(type.startsWith("pulumi:") ? {} : { id: name }),
  inputs: properties,
  outputs: properties,
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "analyze-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What `pulumi stack export` writes. */
async function stateOf(...resources: readonly object[]): Promise<string> {
  const manifest = { time: new Date(0).toISOString(), magic: "", version: "" };
  const stack = resource("pulumi:pulumi:Stack", "trading-platform-prod", {});
  const file = join(folder, "state.json");
  await writeFile(file, JSON.stringify({ version: 3, deployment: { manifest, resources: [stack, ...resources] } }));
  return file;
}

const stackOf = { project: openProject(root), stack: "prod" };
const container = (more: object) =>
  resource("docker:index/container:Container", "web", {
    image: "ghcr.io/acme/web:1.0.0",
    restart: "unless-stopped",
    wait: true,
    waitTimeout: 60,
    ...more,
  });

test("what is deployed is judged, by resource and by stack policies", async () => {
  const repository = resource("aws:ecr/repository:Repository", "api", { name: "api", imageTagMutability: "IMMUTABLE" });
  const { violations } = await analyze(stackOf, await stateOf(container({}), repository));
  expect(violations.map(({ policy, resource }) => `${policy} ${resource}`)).toEqual(
    expect.arrayContaining(["require-probes web", "require-image-retention api"]),
  );
});

test("what complies passes", async () => {
  const healthcheck = {
    tests: ["CMD", "/probe", "http://127.0.0.1:8000/health"],
    interval: "10s",
    timeout: "3s",
    retries: 3,
  };
  const confined = {
    user: "10001:10001",
    readOnly: true,
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges:true"],
    cpus: "0.5",
    memory: 256,
    memoryReservation: 128,
    labels: ["project", "stack", "environment", "component"].map((label) => ({ label, value: "web" })),
  };
  const { violations, warnings } = await analyze(stackOf, await stateOf(container({ healthcheck, ...confined })));
  expect({ violations, warnings }).toEqual({ violations: [], warnings: [] });
});

test("what cannot be read is told in the CLI's words", async () => {
  await expect(analyze(stackOf, join(folder, "none.json"))).rejects.toThrow(/prod: .*none\.json/);
});
