import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findDrift } from "../../cli/drift/find.ts";
import { confirmed } from "../../cli/engine/confirm.ts";
import { deploy } from "../../cli/engine/deploy.ts";
import { developerHome } from "../../cli/engine/developer/home.ts";
import type { Deployment } from "../../cli/engine/result.ts";
import { cacheFolder } from "../../cli/setup/cache.ts";
import { makeTemporaryBackend, type TemporaryBackend } from "../../offline/backend.ts";
import { startOfflineProviders } from "../../offline/start.ts";
import { fixture } from "./support.ts";

/** A newcomer's home, and a program that needs no provider: what is live about it is the backend. */
const project = fixture("plain");
const stackFile = join(project.directory, "Pulumi.dev.yaml");

let home: TemporaryBackend;
let printed: string[] = [];

beforeEach(async () => {
  printed = [];
  vi.stubEnv("TRADING_PLATFORM_CACHE", cacheFolder());
  home = await makeTemporaryBackend();
  vi.stubEnv("HOME", home.directory);
  const logins = [
    "XDG_DATA_HOME",
    "PULUMI_HOME",
    "PULUMI_BACKEND_URL",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
  ];
  for (const name of logins) vi.stubEnv(name, undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await home.remove();
});

const never = new AbortController().signal;

/** Deploys the newcomer's dev; what was printed, or the reason why it was refused. */
async function run(operation: Deployment, answer = true, of = project): Promise<string> {
  await deploy({
    stackOf: { project: of, stack: "dev" },
    operation,
    interrupts: { interrupt: never, kill: never, stop: () => {} },
    print: (text) => printed.push(text),
    confirm: async () => answer,
  });
  return printed.splice(0).join("\n");
}

describe("a newcomer's dev", () => {
  test("is deployed to a state of its own, changes nothing the second time, and is destroyed", {
    timeout: 120_000,
  }, async () => {
    const checkedIn = await readFile(stackFile, "utf8");
    expect(await run("up")).toContain("3 added");
    expect(await run("up")).toContain("dev: nothing to do");
    expect(await run("refresh")).toContain("3 unchanged");
    expect(await run("destroy")).toContain("3 removed");
    expect(await run("destroy")).toContain("dev: nothing to do");
    expect(await readFile(stackFile, "utf8")).toBe(checkedIn);
  });

  test("drifts once it is deployed, not before", { timeout: 120_000 }, async () => {
    const drift = () => findDrift({ project, stack: "dev" }, {});
    await expect(drift()).rejects.toThrow("dev: nothing is deployed, so nothing can drift; first ./platform up dev");
    await run("up");
    expect(await drift()).toEqual([]);
  });

  test("keeps no secret in plain text in its state, and prints none", { timeout: 120_000 }, async () => {
    expect(await run("up")).toContain("password: [secret]");
    const state = join(developerHome().directory, "state", ".pulumi", "stacks", "plain", "dev.json");
    const content = await readFile(state, "utf8");
    expect(content).toContain("tiny:index:Member");
    expect(content).not.toContain("not to be seen");
  });

  test("is not touched when nobody says yes", { timeout: 120_000 }, async () => {
    await expect(run("up", false)).rejects.toThrow("not confirmed: nothing was touched");
    expect(await run("up")).toContain("3 added");
    await expect(run("destroy", false)).rejects.toThrow("nothing was touched");
    expect(await run("up")).toContain("3 unchanged");
  });

  test("whose passphrase is lost is told so, and the state stays", { timeout: 120_000 }, async () => {
    await run("up");
    const { passphraseFile } = developerHome();
    await rm(passphraseFile);
    await expect(run("up")).rejects.toThrow(/dev: preview failed; nothing was touched/);
  });
});

test("a violation stops an update before anything is touched", { timeout: 120_000 }, async () => {
  const standIns = await startOfflineProviders({ backend: home, providers: ["docker"] });
  try {
    vi.stubEnv("PULUMI_DEBUG_PROVIDERS", standIns.environment.PULUMI_DEBUG_PROVIDERS);
    await expect(run("up", true, fixture("unprobed"))).rejects.toThrow(
      "dev: a mandatory policy is violated; nothing was touched",
    );
  } finally {
    await standIns.stop();
  }
  expect(printed.join("\n")).toMatch(/^violation +dev +first \(docker:index\/container:Container\) +require-probes: /m);
  const state = join(developerHome().directory, "state", ".pulumi", "stacks", "unprobed", "dev.json");
  expect(await readFile(state, "utf8")).not.toContain("docker:index");
});

describe("before a deployment", () => {
  const ask = async (stack: string, typed: string): Promise<boolean> => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const answer = confirmed({
      stack,
      operation: "up",
      byName: stack === "prod",
      yes: false,
      input,
      output: new PassThrough(),
    });
    input.end(typed);
    return answer;
  };

  test.each([
    ["dev", "y\n", true],
    ["dev", "yes\n", true],
    ["dev", "\n", false],
    ["dev", "dev\n", false],
    ["prod", "y\n", false],
    ["prod", "prod\n", true],
    ["prod", "", false],
  ])("%s is asked for: %j is %s", async (stack, typed, expected) => {
    expect(await ask(stack, typed)).toBe(expected);
  });

  test("--yes says it in advance, and without a terminal there is no other way", async () => {
    expect(await confirmed({ stack: "prod", operation: "up", byName: true, yes: true })).toBe(true);
    const input = new PassThrough();
    await expect(confirmed({ stack: "dev", operation: "up", byName: false, yes: false, input })).rejects.toThrow(
      /no terminal.*--yes/,
    );
  });
});
