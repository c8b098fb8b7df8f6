import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { loadTable } from "../../offline/schema/load.ts";
import { defaultTarget } from "../../stacks/defaults.ts";
import { findProgram } from "../setup/program.ts";
import { environmentOf, type StackOf, targetOf } from "./stacks.ts";

/** The targets that have a driver of ours beside their official plugin; the plugin has the same name. */
const drivenTargets = ["docker", "kubernetes"] as const;
export type DrivenTarget = (typeof drivenTargets)[number];

/** Who makes a target's resources: the official plugin, our driver (under `offline/`), or a server that is attached. */
export interface TargetProvider {
  readonly kind: "plugin" | "driver" | "attached";
  /** Why it is this one, as a person reads it. */
  readonly reason: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A host that does not answer within this, in ms, is not reachable from here. */
const connectTimeout = 5_000;

/**
 * The official plugin wherever it can be had, installed or to be downloaded; else the driver.
 * @param canDownload whether a URL answers; looked up unless a test says it.
 */
export async function chooseProvider(
  target: DrivenTarget,
  environment: Environment = process.env,
  canDownload: (url: string) => Promise<boolean> = answers,
): Promise<TargetProvider> {
  const attached = (environment.PULUMI_DEBUG_PROVIDERS ?? "").split(",");
  if (attached.some((it) => it.startsWith(`${target}:`))) {
    return { kind: "attached", reason: "PULUMI_DEBUG_PROVIDERS names it" };
  }
  const { version } = loadTable(target);
  const program = `pulumi-resource-${target}`;
  const home = environment.PULUMI_HOME || join(environment.HOME || homedir(), ".pulumi");
  const installed = join(home, "plugins", `resource-${target}-v${version}`, program);
  if (existsSync(installed)) return { kind: "plugin", reason: `version ${version} is installed in ${home}` };
  const onPath = findProgram(program, environment.PATH);
  if (onPath !== undefined) return { kind: "plugin", reason: `it is on PATH (${onPath})` };
  const missing = `the official plugin ${version} is not installed`;
  if (/^(1|true)$/i.test(environment.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION ?? "")) {
    return {
      kind: "driver",
      reason: `${missing}, and PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION forbids to fetch it`,
    };
  }
  const url = downloadUrl(program, version);
  return (await canDownload(url))
    ? { kind: "plugin", reason: `version ${version} is downloaded by Pulumi when it is needed` }
    : { kind: "driver", reason: `${missing}, and ${new URL(url).host} is not reachable` };
}

/** A stack's target where it has a driver, by its file and the defaults of its environment. */
export function drivenTargetOf(stackOf: StackOf): DrivenTarget | undefined {
  const environment = environmentOf(stackOf);
  const target = targetOf(stackOf) || (environment && defaultTarget[environment]);
  return drivenTargets.find((it) => it === target);
}

/** Where Pulumi itself downloads it (pkg/workspace/plugins.go of pulumi/pulumi). */
function downloadUrl(program: string, version: string): string {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const system = process.platform === "win32" ? "windows" : process.platform;
  return `https://get.pulumi.com/releases/plugins/${program}-v${version}-${system}-${architecture}.tar.gz`;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(connectTimeout) })).ok;
  } catch {
    return false;
  }
}
