import type { TemporaryBackend } from "../../offline/backend.ts";
import type { Fault } from "../../offline/faults.ts";
import type { Patience } from "../../offline/start.ts";
import { root } from "../root.ts";
import { ensurePulumi } from "../setup/pulumi.ts";
import { harmlessEnvironment, offlineSwitches, policyEnvironment, policyPack, recordAtEnd } from "./environment.ts";
import { clearAfterKill } from "./killed.ts";
import { openProject, type Project, readStackFile, requireStack } from "./project.ts";
import type { Operation, RunResult } from "./result.ts";
import { type RunControl, runEngine } from "./run.ts";
import { withoutSecrets } from "./stack-file.ts";
import { makeTemporaryWorkspace } from "./workspace.ts";

export interface OfflineRun extends RunControl {
  readonly stack: string;
  readonly operation: Operation;
  /** Where the state is, for this run and others after it; from `makeTemporaryBackend()`. */
  readonly backend: TemporaryBackend;
  /** Default: the platform itself. */
  readonly project?: Project;
  /** Module whose default export is the program. Default: the project's. */
  readonly program?: string;
  /** Laid over the stack file's config, whole keys with their namespace: `{"trading-platform:target": "kubernetes"}`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Folders of policy packs. Default: the project's own; `[]` for none. */
  readonly policyPacks?: readonly string[];
  readonly faults?: readonly Fault[];
  /** Added to the program's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A scripted cloud, in which ECS services are made, and which the program asks what runs. Default: none. */
  readonly cloud?: { readonly environment: Readonly<Record<string, string>>; readonly patience: Patience };
  /** True: record the state after each step, as a real backend does. Default: once, at the end, which is faster. */
  readonly recordEachStep?: boolean;
  /** Path of the Pulumi CLI. Default: what the set-up finds. */
  readonly pulumi?: string;
}

/**
 * Runs one operation on a stack with stand-in providers against a temporary state. Nothing is decrypted, nobody's
 * credentials are seen, no network is used: the program knows from `offline:secrets` that a secret is `unknown`
 * (preview) or a `placeholder` (where a temporary state is deployed).
 */
export async function runOffline(run: OfflineRun): Promise<RunResult> {
  const { stack, operation, backend, project = openProject(root), faults = [], cloud } = run;
  const policyPacks = run.policyPacks ?? [policyPack];
  const pulumi = run.pulumi ?? (await ensurePulumi());
  const config = {
    ...withoutSecrets(readStackFile(project, requireStack(project, stack)).config),
    "offline:secrets": operation === "preview" ? "unknown" : "placeholder",
    ...run.config,
  };
  const workspace = await makeTemporaryWorkspace(project, stack, config, backend);
  const recording = operation === "preview" || run.recordEachStep ? {} : recordAtEnd;
  const environment = {
    ...workspace.environment,
    ...offlineSwitches,
    ...recording,
    ...policyEnvironment(pulumi),
    ...cloud?.environment,
  };
  try {
    await clearAfterKill(backend.url, project.name, stack);
    return await runEngine(
      {
        operation,
        stack,
        program: run.program ?? project.program,
        workDirectory: workspace.directory,
        pulumi,
        environment,
        policyPacks,
        createStack: false,
        standIns: {
          backend: { directory: backend.directory, url: backend.url },
          faults,
          ...(cloud === undefined ? {} : { services: cloud.patience }),
        },
      },
      { ...harmlessEnvironment(process.env), ...environment, ...run.environment },
      run,
    );
  } finally {
    await workspace.remove();
  }
}
