import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EngineEvent, LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { startEchoProvider } from "./testing-provider.ts";

const PACK = fileURLToPath(new URL(".", import.meta.url));
const PACKAGES = ["aws", "docker", "kubernetes"];

/** Why the engine cannot be asked here; undefined where it can. */
export const noEngine = (): string | undefined =>
  spawnSync("pulumi", ["version"]).status === 0 ? undefined : "no pulumi on PATH: the pack is not tried in the engine";

export interface Reported {
  readonly policy: string;
  readonly blocks: boolean;
  /** Name in the program; empty where a finding is about no resource. */
  readonly resource: string;
  readonly message: string;
}

export interface Run {
  readonly succeeded: boolean;
  readonly reported: readonly Reported[];
  /** What the engine printed where it failed. */
  readonly output: string;
  /** Names of what is in the stack afterwards. */
  readonly deployed: readonly string[];
}

export interface Engine {
  /** Previews, or updates, a program with the pack; `policies: "none"` without. */
  readonly run: (program: () => void, options?: RunOptions) => Promise<Run>;
  /** Writes a file into the engine's own folder; its path. */
  readonly write: (name: string, content: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

interface RunOptions {
  /** The stack's name; default: one that no other run has. */
  readonly stack?: string;
  readonly operation?: "preview" | "up";
  readonly policies?: "pack" | "none";
  /** The pack's folder; default: this one. */
  readonly pack?: string;
  /** The pack's configuration, by policy. */
  readonly config?: Readonly<Record<string, object>>;
}

/** The real engine with a file backend in a temporary folder, and providers that take every resource as it is. */
export async function startEngine(): Promise<Engine> {
  const home = await mkdtemp(join(tmpdir(), "policies-"));
  const provider = await startEchoProvider();
  const environment = {
    PATH: [await analyzerFolder(home), process.env.PATH ?? ""].join(delimiter),
    NODE_COMPILE_CACHE: join(home, "compile-cache"),
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DEBUG_PROVIDERS: PACKAGES.map((name) => `${name}:${provider.port}`).join(","),
  };
  let count = 0;
  return {
    run: async (program, { operation = "preview", policies = "pack", pack = PACK, config, stack: name } = {}) => {
      count += 1;
      const folder = join(home, `run-${count}`);
      await mkdir(folder);
      const stack = await LocalWorkspace.createStack(
        { stackName: name ?? `s${count}`, projectName: "policies", program: async () => program() },
        {
          pulumiHome: join(home, "home"),
          envVars: environment,
          projectSettings: { name: "policies", runtime: "nodejs", backend: { url: `file://${folder}` } },
        },
      );
      const configFile = join(folder, "config.json");
      await writeFile(configFile, JSON.stringify(config ?? {}));
      const packs = { policyPacks: [pack], ...(config === undefined ? {} : { policyPackConfigs: [configFile] }) };
      return outcome(stack, operation, policies === "pack" ? packs : {});
    },
    write: async (name, content) => {
      const file = join(home, name);
      await writeFile(file, content);
      return file;
    },
    stop: async () => {
      provider.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function outcome(stack: Stack, operation: "preview" | "up", packs: object): Promise<Run> {
  const reported: Reported[] = [];
  const onEvent = ({ policyEvent }: EngineEvent): void => {
    if (policyEvent === undefined) return;
    const { policyName: policy, enforcementLevel, resourceUrn = "", message } = policyEvent;
    const resource = resourceUrn.split("::").at(-1) ?? "";
    reported.push({ policy, blocks: enforcementLevel === "mandatory", resource, message: message.trim() });
  };
  const failure = await stack[operation]({ ...packs, onEvent }).then(() => undefined, String);
  const deployed = (await stack.exportStack()).deployment?.resources ?? [];
  return {
    succeeded: failure === undefined,
    reported,
    output: failure ?? "",
    deployed: deployed.map(({ urn }: { readonly urn: string }) => urn.split("::").at(-1) ?? ""),
  };
}

/** Without a language host on PATH the engine starts a pack by an executable of this name, in the pack's folder. */
async function analyzerFolder(home: string): Promise<string> {
  const folder = join(home, "bin");
  await mkdir(folder);
  const runner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js");
  const script = `#!/bin/sh\nexec "${process.execPath}" "${runner}" "$@"\n`;
  await writeFile(join(folder, "pulumi-analyzer-policy-nodejs"), script, { mode: 0o755 });
  return folder;
}
