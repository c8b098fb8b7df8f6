import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withFolder } from "../../tests/engine/support.ts";
import { openProject } from "./project.ts";
import { projectsIn } from "./stacks.ts";
import { chooseProvider, drivenTargetOf } from "./target-provider.ts";

const reachable = async () => true;
const unreachable = async () => false;

test("the official plugin is used where it is installed, whatever the network says", async () => {
  await withFolder(async (home) => {
    const folder = join(home, "plugins", "resource-docker-v5.2.0");
    await mkdir(folder, { recursive: true });
    const choose = () => chooseProvider("docker", { PULUMI_HOME: home, PATH: "" }, unreachable);
    // An interrupted download leaves the folder without the program.
    expect((await choose()).kind).toBe("driver");
    await writeFile(join(folder, "pulumi-resource-docker"), "", { mode: 0o755 });
    expect(await choose()).toEqual({ kind: "plugin", reason: expect.stringContaining("is installed in") });
  });
});

test("else it is downloaded, else the driver serves, and the reason is said", async () => {
  await withFolder(async (home) => {
    const environment = { PULUMI_HOME: home, PATH: "" };
    expect(await chooseProvider("docker", environment, reachable)).toEqual({
      kind: "plugin",
      reason: "version 5.2.0 is downloaded by Pulumi when it is needed",
    });
    expect(await chooseProvider("docker", environment, unreachable)).toEqual({
      kind: "driver",
      reason: "the official plugin 5.2.0 is not installed, and get.pulumi.com is not reachable",
    });
    const forbidden = { ...environment, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
    expect((await chooseProvider("docker", forbidden, reachable)).reason).toContain("forbids to fetch it");
  });
});

test("a server that is attached already is left alone", async () => {
  const attached = { PULUMI_DEBUG_PROVIDERS: "aws:1,docker:2", PATH: "" };
  expect((await chooseProvider("docker", attached, unreachable)).kind).toBe("attached");
});

test("the plugin of Kubernetes is another", async () => {
  const environment = { PULUMI_DEBUG_PROVIDERS: "docker:2", PATH: "", HOME: "/nowhere" };
  expect((await chooseProvider("kubernetes", environment, reachable)).reason).toMatch(/^version 4\./);
  expect((await chooseProvider("kubernetes", environment, unreachable)).kind).toBe("driver");
});

test("only stacks on a target with a driver ask for it, by what they say or by their environment", async () => {
  const [platform] = projectsIn();
  const on = (stack: string) => platform && drivenTargetOf({ project: platform, stack });
  expect([on("dev"), on("staging"), on("prod")]).toEqual(["docker", undefined, undefined]);
  await withFolder(async (folder) => {
    await writeFile(join(folder, "Pulumi.yaml"), "name: trading-platform\n");
    await writeFile(join(folder, "Pulumi.prod.yaml"), "config:\n  trading-platform:target: kubernetes\n");
    expect(drivenTargetOf({ project: openProject(folder), stack: "prod" })).toBe("kubernetes");
  });
});
