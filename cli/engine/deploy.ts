import { UserError } from "../console/error.ts";
import { say } from "../console/progress.ts";
import { isResource } from "./collect.ts";
import { changeSecrets, developerHome } from "./developer/home.ts";
import type { Ground, GroundOf } from "./ground.ts";
import { type Interrupts, interrupted } from "./interrupt.ts";
import { developersStack, type LiveStack, openLive, runLive } from "./live.ts";
import { checkedOutCommit, lastGoodRelease, type Release, releaseMessage } from "./release.ts";
import { changeLines } from "./report/change.ts";
import { changedWorkloads, reportComponents } from "./report/components.ts";
import { findingLines } from "./report/findings.ts";
import { reportProgress } from "./report/progress.ts";
import { asReleased, obstacleTo } from "./restore.ts";
import { type Deployment, type Progress, passed, type RunResult } from "./result.ts";
import type { RunControl } from "./run.ts";
import type { StackOf } from "./stacks.ts";

export interface DeployRequest {
  readonly stackOf: StackOf;
  readonly operation: Deployment;
  readonly interrupts: Interrupts;
  readonly onOutput?: (text: string) => void;
  /** For `destroy`: volumes with data too, where the target's ground knows them. Default: false. */
  readonly volumes?: boolean;
  /** Default: the engine alone. */
  readonly groundOf?: GroundOf;
  /** Prints for the person; the plan and the result. */
  readonly print: (text: string) => void;
  /** Asks whether to go on with the plan that was printed; throws where nobody can answer. */
  readonly confirm: () => Promise<boolean>;
  /** For `up`: looks at what is deployed as customers do. Why it must not stay; undefined where all is well. Default: nobody looks. */
  readonly verify?: (deployed: RunResult) => Promise<string | undefined>;
}

/**
 * Plans, shows the plan, asks, and does it. The plan is judged by the policies first: in the update itself stack
 * policies would speak only when everything is deployed. Throws a UserError when a policy or a person says no, and
 * when it fails; then what was done until then is recorded in the state.
 */
export async function deploy(request: DeployRequest): Promise<RunResult | undefined> {
  const { stackOf, operation, print, confirm, volumes = false } = request;
  const ground = await request.groundOf?.(stackOf, operation);
  if (volumes && ground === undefined) {
    throw new UserError(
      `${stackOf.stack}: --volumes is for stacks on Docker; elsewhere the settings say what outlives a stack`,
      2,
    );
  }
  const live = await openLive(stackOf, ground?.config);
  ground?.requireReady?.();
  const plan = await planFromWhatIsThere(request, live, ground);
  const survey = passed(plan) ? await ground?.survey(live, plan, volumes) : undefined;
  const beside = survey?.lines ?? [];
  print([...findingLines([plan]), ...changeLines(plan), ...beside].join("\n"));
  refuse(plan, "nothing was touched");
  if (operation !== "refresh" && !changesAnything(plan) && beside.length === 0) {
    print(`${stackOf.stack}: nothing to do`);
    refuseUnwell(stackOf, await request.verify?.(plan));
    return undefined;
  }
  if (!(await confirm())) throw new UserError("not confirmed: nothing was touched");
  await survey?.clear();
  // Afterwards the newest good update of its history is this one.
  const before = request.verify === undefined ? undefined : await lastGoodRelease(live);
  const result = await apply(
    request,
    live,
    changedWorkloads(plan.steps),
    await checkedOutCommit(stackOf.project.directory),
  );
  print([...findingLines([result]), ...failureLines(result), ...outputLines(result)].join("\n"));
  await requireGood(request, live, result, { before, ground });
  await survey?.finish();
  // Its next database is a new one, and knows no roles but the first.
  if (volumes && live.stack === developersStack) await changeSecrets(developerHome(), { databaseLogin: undefined });
  if (operation === "up" && ground !== undefined && ground.next.length > 0) print(ground.next.join("\n"));
  return result;
}

/**
 * Throws where an update failed, or does not serve; an `up` is taken back then.
 * @param before the last good release before it, undefined for none; it is known where somebody looks at what is deployed.
 */
async function requireGood(
  request: DeployRequest,
  live: LiveStack,
  result: RunResult,
  { before, ground }: { readonly before: Release | undefined; readonly ground: Ground | undefined },
): Promise<void> {
  const { stackOf, operation, print, verify } = request;
  refuseLocked(result);
  const unwell = passed(result) ? await verify?.(result) : undefined;
  if (unwell !== undefined) print(`unwell     ${stackOf.stack}  ${unwell}`);
  if (operation === "up" && (result.outcome === "failed" || unwell !== undefined)) {
    const told = result.outcome === "failed" ? await ground?.afterFailure?.(live) : undefined;
    // What does not serve is itself the newest good update by now.
    const good = verify === undefined ? await lastGoodRelease(live) : before;
    print([...(told ?? []), await takeBack(request, live, good)].join("\n"));
  }
  refuse(result, "what was done is recorded; mend the cause and run the same command again");
  refuseUnwell(stackOf, unwell);
}

/**
 * The engine plans from the state: what is gone has to leave it before it is made anew, and what went back has to be known.
 * That the state is right is usual, so the plan is made meanwhile.
 */
async function planFromWhatIsThere(
  request: DeployRequest,
  live: LiveStack,
  ground: Ground | undefined,
): Promise<RunResult> {
  const looking = request.operation === "up" ? ground?.outdated(live) : undefined;
  const [outdated, plan] = await Promise.all([looking, planned(request, live)]);
  if (outdated === undefined) return plan;
  const { why, urns } = outdated;
  say(`${live.stack}: ${why}; the state is refreshed first …`);
  const progress = reportProgress([live.stack]);
  const control = controlOf(request, progress.on(live.stack));
  const result = await runLive(live, "refresh", { ...control, ...(urns === undefined ? {} : { urns }) });
  progress.end(live.stack, `refreshed in ${result.seconds.toFixed(1)} s`);
  if (!passed(result)) request.print(findingLines([result]).join("\n"));
  refuse(result, "nothing was touched");
  return planned(request, live);
}

async function planned(request: DeployRequest, live: LiveStack): Promise<RunResult> {
  const { operation } = request;
  const progress = reportProgress([live.stack]);
  const control = controlOf(request, progress.on(live.stack));
  const plan =
    operation === "up"
      ? await runLive(live, "preview", control)
      : await runLive(live, operation, { ...control, planOnly: true });
  progress.end(live.stack, `planned in ${plan.seconds.toFixed(1)} s`);
  return plan;
}

async function apply(
  request: DeployRequest,
  live: LiveStack,
  workloads: number | undefined,
  commit: string | undefined,
): Promise<RunResult> {
  const components = reportComponents(live.stack, workloads);
  const control = controlOf(request, (progress) => components.on(progress));
  const result = await runLive(live, request.operation, { ...control, message: releaseMessage(commit) });
  components.end(`${result.outcome} in ${result.seconds.toFixed(1)} s`);
  return result;
}

/** A second update, to the last good release: what could not run twice, or the target does not take back, is gone. */
async function takeBack(request: DeployRequest, live: LiveStack, release: Release | undefined): Promise<string> {
  const { stack } = live;
  const obstacle = await obstacleTo(release, live);
  if (release === undefined || obstacle !== undefined) return `${stack}: nothing is taken back: ${obstacle}`;
  const name = `the release of ${release.at}${release.commit === undefined ? "" : ` (${release.commit.slice(0, 9)})`}`;
  say(`${stack}: taking it back to ${name} …`);
  const result = await asReleased(live, release, say, (released) =>
    apply(request, released, undefined, release.commit),
  );
  const lines = [...findingLines([result]), ...failureLines(result)];
  const verdict = passed(result)
    ? `${stack}: taken back: ${name} is deployed again`
    : `${stack}: could not be taken back to ${name}; run ./platform up ${stack} with what is known to work`;
  return [...lines, verdict].join("\n");
}

function controlOf({ interrupts, onOutput }: DeployRequest, onProgress: (progress: Progress) => void): RunControl {
  const { interrupt, kill } = interrupts;
  return { interrupt, kill, onProgress, ...(onOutput === undefined ? {} : { onOutput }) };
}

function refuse(result: RunResult, consequence: string): void {
  if (passed(result)) return;
  if (result.outcome === "interrupted") throw interrupted();
  refuseLocked(result);
  const reason = result.violations.length > 0 ? "a mandatory policy is violated" : `${result.operation} failed`;
  throw new UserError(`${result.stack}: ${reason}; ${consequence}`);
}

/** A state is written by one at a time; what another deploy does is not taken back. */
function refuseLocked({ stack, diagnostics }: RunResult): void {
  if (!diagnostics.some(({ message }) => message.includes("the stack is currently locked"))) return;
  throw new UserError(
    `${stack}: another deploy is under way, which is named above; nothing was touched. Wait for its end and run the same ` +
      `command again; only where its process is known to be gone: pulumi cancel ${stack}`,
  );
}

function refuseUnwell({ stack }: StackOf, unwell: string | undefined): void {
  if (unwell !== undefined) throw new UserError(`${stack}: does not serve as it should: ${unwell}`);
}

const changesAnything = ({ changes, steps }: RunResult): boolean =>
  changes.create + changes.update + changes.replace + changes.delete + changes.read > 0 ||
  steps.some((step) => !isResource(step) && step.change === "delete");

/** The resources that failed; why is among the findings. */
const failureLines = ({ steps, stack }: RunResult): readonly string[] =>
  steps
    .filter(({ state }) => state === "failed")
    .map(({ name, type, change }) => `failed     ${stack}  ${change} ${name} (${type})`);

const outputLines = ({ outputs }: RunResult): readonly string[] =>
  Object.entries(outputs).map(
    ([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
