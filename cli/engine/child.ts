/**
 * Runs one operation on one stack: the program inline, the engine beside it. A process of its own, because the
 * SDK keeps one program's state per process, and so that several stacks use several cores.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type * as Automation from "@pulumi/pulumi/automation/index.js";
import { SemVer } from "semver";
import { engineVersion } from "../setup/pulumi.ts";
import { countChanges, isResource, makeCollector } from "./collect.ts";
import { type EngineCommand, EngineFailure, makeEngineCommand, runCommand } from "./command.ts";
import { deferSeldomUsed, dropPromiseTraces } from "./lean-sdk.ts";
import { describeProblem } from "./problem.ts";
import type { EngineRequest, FromChild, ToChild } from "./protocol.ts";
import { startProviders } from "./providers.ts";
import type { Diagnostic, RunResult, Timeline } from "./result.ts";

/**
 * How many resources an update makes at once. It mostly waits, for a container to be healthy or a cloud to be ready; with
 * Pulumi's own four a core, what could start would wait for what does. Clouds that are asked too often say so, and are asked again.
 */
const atOnce = 64;

const begun = performance.now();
const timeline: { -readonly [phase in keyof Timeline]: number } = {};

let command: EngineCommand | undefined;
let interrupted = false;

// The terminal sends Ctrl-C to the whole group; only the parent decides what it means.
process.on("SIGINT", () => {});
process.on("message", (message: ToChild) => {
  if (message.kind === "run") void run(message.request);
  else if (message.kind === "interrupt") interrupt();
  else kill();
});
// The parent is gone: nobody will see the end of this, so end in good order, and soon.
process.on("disconnect", () => {
  interrupt();
  setTimeout(kill, 10_000).unref();
});

function interrupt(): void {
  interrupted = true;
  command?.interrupt();
}

/**
 * Ends the engine; what it has done is still reported. This process stays until the engine is gone, so that the
 * lock that it leaves names a process that is really dead.
 */
function kill(): void {
  interrupted = true;
  command?.kill();
  setTimeout(() => process.exit(1), command === undefined ? 0 : 5_000).unref();
}

/** Resolves when the parent has it: a process that exits earlier takes unsent messages with it. */
function tell(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send !== undefined) process.send(message, () => resolve());
    else resolve();
  });
}

function reached(phase: keyof Timeline): void {
  if (timeline[phase] !== undefined) return;
  timeline[phase] = (performance.now() - begun) / 1000;
  void tell({ kind: "progress", progress: { kind: "phase", phase } });
}

async function run(request: EngineRequest): Promise<void> {
  reached("started");
  try {
    await tell({ kind: "result", result: await operate(request) });
  } catch (error) {
    await tell({ kind: "broken", message: describeProblem(error) });
  }
  process.exit();
}

async function operate(request: EngineRequest): Promise<RunResult> {
  const { operation, stack: name, planOnly = false, refresh = false, message, urns } = request;
  const planned = operation === "preview" || planOnly;
  const collector = makeCollector(planned);
  const problems: Diagnostic[] = [];

  const registered = new Set<string>();
  const onEvent = (event: Automation.EngineEvent): void => {
    reached("engine");
    if (event.preludeEvent !== undefined) reached("policies");
    if (event.summaryEvent !== undefined) reached("resources");
    const news = collector.add(event);
    if (news === undefined) return;
    if ("severity" in news) {
      void tell({ kind: "progress", progress: { kind: "diagnostic", diagnostic: news } });
    } else if (isResource(news)) {
      registered.add(news.urn);
      void tell({
        kind: "progress",
        progress: { kind: "step", step: { ...news, inputs: {} }, registered: registered.size },
      });
    }
  };

  // Beside the start of the engine and of the policy packs, which takes longer.
  let program: ReturnType<typeof importProgram> | undefined;
  const onStart = (): void => {
    reached("prepared");
    program = importProgram(request.program);
    program.then(
      () => reached("imported"),
      () => {},
    );
  };
  const inline = async (): Promise<Record<string, unknown> | undefined> => {
    try {
      return toOutputs(await (await program)?.());
    } catch (error) {
      problems.push({ severity: "error", urn: "", message: describeProblem(error) });
      throw error;
    } finally {
      reached("program");
    }
  };

  deferSeldomUsed(request.program);
  const [providers, automation] = await Promise.all([startProviders(request), importAutomation(request.program)]);
  dropPromiseTraces(request.program);
  let failed = false;
  try {
    const stack = await openStack(
      automation,
      request,
      { ...request.environment, ...providers.environment },
      inline,
      onStart,
    );
    const options = { onEvent };
    if (operation === "preview") await stack.preview({ ...options, policyPacks: [...request.policyPacks], refresh });
    else if (operation === "up")
      await stack.up({
        ...options,
        policyPacks: [...request.policyPacks],
        parallel: atOnce,
        ...(message === undefined ? {} : { message }),
      });
    else if (operation === "refresh")
      await stack.refresh({
        ...options,
        previewOnly: planOnly,
        clearPendingCreates: !planOnly,
        ...(urns === undefined ? {} : { target: [...urns] }),
      });
    else await stack.destroy({ ...options, previewOnly: planOnly });
  } catch (error) {
    failed = true;
    problems.push(...engineProblems(error, problems.length + collector.collected().diagnostics.length));
  } finally {
    await providers.stop();
    reached("ended");
  }

  const { steps, violations, warnings, diagnostics, outputs } = collector.collected();
  const list = [...steps.values()];
  return {
    stack: name,
    operation,
    outcome: interrupted ? "interrupted" : failed ? "failed" : "succeeded",
    resources: list.filter((step) => isResource(step) && step.change !== "delete").length,
    changes: countChanges(list),
    steps: list,
    violations,
    warnings,
    // A program's own error is told in its words; what the engine makes of it would be the second time.
    diagnostics:
      problems.length > 0 && planned ? [...problems, ...withoutEcho(diagnostics)] : [...diagnostics, ...problems],
    outputs,
    seconds: timeline.ended ?? 0,
    timeline,
  };
}

/** The engine's own words for "the program threw" follow the program's. */
const withoutEcho = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  diagnostics.filter(({ severity, urn }) => severity !== "error" || urn !== "");

/** What the CLI said before the first event: a missing stack, a wrong passphrase, an unreachable backend. */
function engineProblems(error: unknown, alreadyTold: number): readonly Diagnostic[] {
  if (!(error instanceof EngineFailure)) return [{ severity: "error", urn: "", message: describeProblem(error) }];
  const said = error.stderr.replaceAll(/^error: /gm, "").trim();
  return said === "" || alreadyTold > 0 ? [] : [{ severity: "error", urn: "", message: said }];
}

async function openStack(
  automation: typeof Automation,
  request: EngineRequest,
  environment: Readonly<Record<string, string>>,
  program: Automation.PulumiFn,
  onStart: () => void,
): Promise<Automation.Stack> {
  const { pulumi, stack, workDirectory } = request;
  if (request.createStack) await createStack(pulumi, stack, workDirectory, environment);
  const engine = makeEngineCommand(pulumi, new SemVer(engineVersion), onStart);
  command = engine;
  if (interrupted) engine.interrupt();
  const workspace = await automation.LocalWorkspace.create({
    workDir: workDirectory,
    program,
    envVars: { ...environment },
    pulumiCommand: engine,
  });
  return automation.Stack.select(stack, workspace);
}

async function createStack(
  pulumi: string,
  stack: string,
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await runCommand(pulumi, ["stack", "init", stack, "--no-select"], cwd, environment);
  } catch (error) {
    if (!(error instanceof EngineFailure && error.stderr.includes("already exists"))) throw error;
  }
}

/** The Automation API that the program itself sees: another copy of the SDK would not know that a program runs. */
async function importAutomation(program: string): Promise<typeof Automation> {
  const path = createRequire(program).resolve("@pulumi/pulumi/automation/index.js");
  return import(pathToFileURL(path).href);
}

async function importProgram(module: string): Promise<() => Promise<unknown>> {
  const { default: main }: { default?: unknown } = await import(pathToFileURL(module).href);
  if (typeof main !== "function") throw new Error(`${module} does not export a Pulumi program as its default`);
  return async () => main();
}

const toOutputs = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null ? { ...value } : undefined;
