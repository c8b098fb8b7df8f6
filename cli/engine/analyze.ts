import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { UserError } from "../console/error.ts";
import { root } from "../root.ts";
import { ensurePulumi } from "../setup/pulumi.ts";
import { makeCollector } from "./collect.ts";
import { EngineFailure, runCommand } from "./command.ts";
import { policyEnvironment, policyPack } from "./environment.ts";
import { openLive } from "./live.ts";
import type { RunResult } from "./result.ts";
import type { StackOf } from "./stacks.ts";

/** What the policies find in what is deployed. */
export type Analysis = Pick<RunResult, "stack" | "violations" | "warnings" | "diagnostics">;

/**
 * Judges a stack as it is recorded in its backend, or in a file that `pulumi stack export` wrote. The program does not
 * run and no provider is asked. Throws a UserError with what the CLI says when it cannot judge.
 */
export async function analyze({ project, stack }: StackOf, stateFile?: string): Promise<Analysis> {
  if (stateFile !== undefined) {
    const pulumi = await ensurePulumi();
    return runAnalysis(stack, ["--file", stateFile], pulumi, root, policyEnvironment(pulumi));
  }
  const { pulumi, workDirectory, environment } = await openLive({ project, stack });
  return runAnalysis(stack, ["--stack", stack], pulumi, workDirectory, environment);
}

async function runAnalysis(
  stack: string,
  source: readonly string[],
  pulumi: string,
  workDirectory: string,
  environment: Readonly<Record<string, string>>,
): Promise<Analysis> {
  const words = ["policy", "analyze", ...source, "--policy-pack", policyPack, "--json"];
  const { stdout, stderr } = await runCommand(pulumi, words, workDirectory, environment).catch((error: unknown) => {
    // A violation ends it with a code too; then the events are there all the same.
    if (error instanceof EngineFailure) return error;
    throw error;
  });
  const collector = makeCollector(false);
  const events = stdout.split("\n").filter((line) => line.startsWith("{"));
  for (const line of events) {
    const event: EngineEvent = JSON.parse(line);
    collector.add(event);
  }
  if (events.length === 0) throw new UserError(`${stack}: ${lastLine(stderr)}`);
  const { violations, warnings, diagnostics } = collector.collected();
  return { stack, violations, warnings, diagnostics };
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
