import { makeTemporaryBackend } from "../../offline/backend.ts";
import { UserError } from "../console/error.ts";
import { ensurePulumi } from "../setup/pulumi.ts";
import { runSideBySide, sideBySide } from "./concurrency.ts";
import type { GroundOf } from "./ground.ts";
import type { Interrupts } from "./interrupt.ts";
import { openLive, runLive } from "./live.ts";
import { runOffline } from "./offline.ts";
import { exportReference, type Reference } from "./reference.ts";
import { type ProgressReport, reportProgress } from "./report/progress.ts";
import type { Summarised } from "./report/summary.ts";
import { passed, type RunResult } from "./result.ts";
import type { RunControl } from "./run.ts";
import { projectsIn, type StackOf, targetOf } from "./stacks.ts";

export interface PreviewRequest {
  readonly stacks: readonly StackOf[];
  readonly mode: "offline" | "live";
  /** Preview on this target instead of the settings' own. */
  readonly target?: string;
  /** Preview as a change of what git has under this name. */
  readonly against?: string;
  /** For a live preview. Default: the engine alone. */
  readonly groundOf?: GroundOf;
  readonly interrupts: Interrupts;
  readonly onOutput?: (text: string) => void;
  readonly say: (line: string) => void;
}

/** Previews stacks side by side; their results in the same order. */
export async function previewStacks(request: PreviewRequest): Promise<readonly Summarised[]> {
  const { stacks, mode, against, say } = request;
  const reference = against === undefined ? undefined : await exportReference(against, say);
  try {
    const progress = reportProgress(stacks.map(({ stack }) => stack));
    const pulumi = mode === "offline" ? await ensurePulumi() : "";
    const tasks = stacks.map((stackOf) => async (): Promise<Summarised> => {
      const control = controlOf(request, progress, stackOf.stack);
      const result =
        mode === "live"
          ? await previewLive(stackOf, control, request.groundOf)
          : await previewOffline(request, stackOf, control, pulumi, reference);
      progress.end(stackOf.stack, endLine(result));
      return { target: outputTarget(result) ?? request.target ?? targetOf(stackOf), result };
    });
    return await runSideBySide(tasks, sideBySide());
  } finally {
    await reference?.remove();
  }
}

function controlOf({ interrupts, onOutput }: PreviewRequest, progress: ProgressReport, stack: string): RunControl {
  const { interrupt, kill } = interrupts;
  return { interrupt, kill, onProgress: progress.on(stack), ...(onOutput === undefined ? {} : { onOutput }) };
}

/** Where the target has a ground, it is close: what is really there is read first, so that the preview shows what somebody changed by hand. */
async function previewLive(stackOf: StackOf, control: RunControl, groundOf?: GroundOf): Promise<RunResult> {
  const ground = await groundOf?.(stackOf, "preview");
  const live = await openLive(stackOf, ground?.config);
  return runLive(live, "preview", { ...control, refresh: ground !== undefined });
}

/** From an empty state, or from one where the reference is deployed. */
async function previewOffline(
  { target, against }: PreviewRequest,
  { project, stack }: StackOf,
  control: RunControl,
  pulumi: string,
  reference: Reference | undefined,
): Promise<RunResult> {
  const backend = await makeTemporaryBackend();
  const onTarget = target === undefined ? {} : { [`${project.name}:target`]: target };
  // Compared are two deployments: with secrets unknown in the one, each of them would look changed.
  const config = reference === undefined ? onTarget : { ...onTarget, "offline:secrets": "placeholder" };
  const run = { stack, backend, config, pulumi, ...control };
  try {
    const earlier = reference && projectsIn(reference.directory).find(({ name }) => name === project.name);
    if (earlier?.stacks.includes(stack)) {
      const deployed = await runOffline({ ...run, operation: "up", project: earlier, policyPacks: [] });
      if (!passed(deployed)) throw notComparable(stack, against ?? "", deployed);
    }
    return await runOffline({ ...run, operation: "preview", project });
  } finally {
    await backend.remove();
  }
}

function notComparable(stack: string, against: string, { outcome, diagnostics }: RunResult): UserError {
  if (outcome === "interrupted") return new UserError("interrupted", 130);
  const reasons = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
  return new UserError(
    `${stack}: ${against} does not deploy, so there is nothing to compare with:\n${reasons.join("\n")}`,
  );
}

function endLine(result: RunResult): string {
  const { outcome, resources, seconds, violations } = result;
  const verdict =
    violations.length > 0
      ? `, stopped by ${violations.length} violations`
      : outcome === "succeeded"
        ? ""
        : `, ${outcome}`;
  return `${resources} resources in ${seconds.toFixed(1)} s${verdict}`;
}

const outputTarget = ({ outputs }: RunResult): string | undefined =>
  typeof outputs.target === "string" ? outputs.target : undefined;
