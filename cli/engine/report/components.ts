import { nameOf, type Progress, type Step, typeOf } from "../result.ts";

/** Tells how far an update is, workload by workload, a line each: what starts, what is ready and how long it took, what failed. */
export interface ComponentReport {
  on(progress: Progress): void;
  end(line: string): void;
}

const workload = "trading-platform:workload:Workload";

/**
 * @param total how many workloads the plan changes; undefined where there was no plan.
 * @param write takes whole lines; stderr, unless a test looks.
 * @param now in milliseconds.
 */
export function reportComponents(
  stack: string,
  total: number | undefined,
  write: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
  now: () => number = () => performance.now(),
): ComponentReport {
  const begun = new Map<string, number>();
  const ended = new Set<string>();
  let finished = 0;

  const tell = (step: Step, name: string): void => {
    const since = begun.get(step.urn);
    if (step.state === "planned") {
      if (since !== undefined) return;
      begun.set(step.urn, now());
      write(`${stack}  ${name}: ${verbs[step.change] ?? step.change} …`);
      return;
    }
    if (ended.has(step.urn)) return;
    ended.add(step.urn);
    const seconds = since === undefined ? "" : ` after ${((now() - since) / 1000).toFixed(1)} s`;
    if (step.state === "done") finished += 1;
    const outcome = step.state === "failed" ? "failed" : step.change === "delete" ? "gone" : "ready";
    write(`${stack}  ${name}: ${outcome}${seconds}${total === undefined ? "" : ` (${finished} of ${total})`}`);
  };

  return {
    on: (progress) => {
      if (progress.kind !== "step") return;
      const { step } = progress;
      if (isMain(step) && isWork(step)) tell(step, step.name);
    },
    end: (line) => write(`${stack}  ${line}`),
  };
}

const verbs: Partial<Readonly<Record<Step["change"], string>>> = {
  create: "starting",
  update: "updating",
  replace: "replacing",
  delete: "stopping",
};

/** A workload's main resource, on every target: the container, controller or service of the same name. */
const isMain = ({ parent, name }: Step): boolean => typeOf(parent) === workload && nameOf(parent) === name;

const isWork = ({ change }: Step): boolean => change !== "same" && change !== "read" && change !== "refresh";

/** How many workloads a plan makes, changes or removes. */
export const changedWorkloads = (steps: readonly Step[]): number =>
  steps.filter((step) => isMain(step) && isWork(step)).length;
