import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../root.ts";

/** Folder with the executable that starts a policy pack where Pulumi's own language host is not installed. */
const policyHost = fileURLToPath(new URL("bin", import.meta.url));

const policyRunner = fileURLToPath(new URL("policy-runner.ts", import.meta.url));

/** The platform's own policy pack. */
export const policyPack = join(root, "policies");

/** Set where a pack is started by {@link policyHost}. */
export const policyRunnerVariable = "TRADING_PLATFORM_POLICY_RUNNER";

/**
 * What an offline run takes over from the terminal: how to find programs, where temporary files go, the language.
 * Everything else (cloud credentials, tokens, contexts, proxies) stays outside, so that an offline preview cannot use it.
 */
const harmless = ["PATH", "TMPDIR", "LANG", "LC_ALL", "TZ", "NODE_COMPILE_CACHE"];

/** The environment of an offline run, out of the one of the terminal. */
export function harmlessEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(harmless.flatMap((name) => pair(name, environment[name])));
}

/** Read by the policy pack, which does not run in the checkout's folder. */
const waivers = { POLICY_WAIVERS: join(root, "waivers.yaml") };

/** What the engine needs in its environment to run a policy pack: Node on PATH, a way to start the pack, the waivers. */
export function policyEnvironment(pulumi: string, path = process.env.PATH ?? ""): Record<string, string> {
  // The engine's own folder counts: an installed Pulumi has its language hosts beside it.
  const folders = [dirname(process.execPath), ...path.split(delimiter)];
  const hasLanguageHost = [dirname(pulumi), ...folders].some((folder) =>
    isExecutable(join(folder, "pulumi-language-nodejs")),
  );
  if (hasLanguageHost) return { ...waivers, PATH: folders.join(delimiter) };
  return {
    ...waivers,
    PATH: [...folders, policyHost].join(delimiter),
    TRADING_PLATFORM_NODE: process.execPath,
    TRADING_PLATFORM_POLICY_PACK: policyPack,
    [policyRunnerVariable]: policyRunner,
  };
}

/** No network and no questions: neither updates, nor plugins to fetch, nor a browser. */
export const offlineSwitches: Readonly<Record<string, string>> = {
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
};

/**
 * Record the state once, at the end, instead of after each step: a file backend writes the whole state each time,
 * which is two thirds of an update of prod. What is lost is what a killed engine had done.
 */
export const recordAtEnd: Readonly<Record<string, string>> = {
  PULUMI_EXPERIMENTAL: "true",
  PULUMI_SKIP_CHECKPOINTS: "true",
};

const pair = (name: string, value: string | undefined): readonly [string, string][] =>
  value === undefined ? [] : [[name, value]];

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
