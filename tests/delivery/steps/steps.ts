import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Context, filledIn, holds, type Status } from "../expressions.ts";
import { workflows } from "../workflow.ts";

export type Texts = Readonly<Record<string, string>>;

/** An action that a step uses, with what it is given. */
export interface Used {
  /** Without its commit, as `actions/checkout`. */
  readonly action: string;
  readonly given: Texts;
}

/** Where a job's steps are run, as a runner of GitHub would run them. */
export interface Runner {
  /** The file's name; default: ci-cd.yml. */
  readonly workflow?: string;
  /** The checkout. */
  readonly checkout: string;
  /** A folder for the runner's own files. */
  readonly temporary: string;
  /** All that the steps find beside what they state. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What expressions can ask, beside what the steps answer and export. */
  readonly context?: Context;
  /** Does what an action does; answers its outputs. Default: nothing. A step fails when it throws. */
  readonly use?: (used: Used) => Promise<Texts> | Texts;
}

/** What became of a step that has a command. */
export interface Ran {
  readonly command: string;
  /** Undefined for a step that was left out: its condition did not hold, or one before it failed. */
  readonly code: number | null | undefined;
  readonly output: string;
}

/** What the steps of a job did, and wrote for GitHub. */
export interface JobRun {
  readonly steps: readonly Ran[];
  /** The actions that were reached. */
  readonly used: readonly Used[];
  readonly summary: string;
}

/**
 * Runs the steps of a job of the pipeline: their commands word for word, as GitHub's runner does on Linux
 * (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell: `bash -e`),
 * conditions and expressions by GitHub's library, actions as the test plays them.
 */
export async function runJob(name: string, runner: Runner): Promise<JobRun> {
  const { workflow = "ci-cd.yml", checkout, temporary, environment, context = {}, use = () => ({}) } = runner;
  const job = workflows[workflow]?.jobs[name];
  if (job === undefined) throw new Error(`${workflow} has no job ${name}`);
  const folder = mkdtempSync(join(temporary, `${name}-`));
  const file = (what: string): string => join(folder, what);
  for (const each of ["summary", "env", "output"]) writeFileSync(file(each), "");
  const own = {
    GITHUB_STEP_SUMMARY: file("summary"),
    GITHUB_ENV: file("env"),
    GITHUB_OUTPUT: file("output"),
    RUNNER_TEMP: temporary,
  };
  const answers: Record<string, { readonly outputs: Texts }> = {};
  const steps: Ran[] = [];
  const used: Used[] = [];
  let status: Status = "success";
  for (const { id, run, uses, env, if: condition, with: given } of job.steps) {
    const known = { ...context, runner: { temp: temporary }, steps: answers };
    const fill = (texts: Readonly<Record<string, unknown>>, more: Context): Texts =>
      Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, filledIn(String(value), more)]));
    const ofJob = { ...fill(job.env, known), ...keyed(file("env")) };
    const asked = { ...known, env: { ...ofJob, ...fill(env, { ...known, env: ofJob }) } };
    const isWanted = holds(condition, asked, status);
    if (uses !== undefined) {
      if (!isWanted) continue;
      const what = { action: uses.replace(/@.*/, ""), given: fill(given, asked) };
      used.push(what);
      try {
        const outputs = await use(what);
        if (id !== undefined) answers[id] = { outputs };
      } catch {
        status = "failure";
      }
    }
    if (run === undefined) continue;
    if (!isWanted) {
      steps.push({ command: run, code: undefined, output: "" });
      continue;
    }
    writeFileSync(file("step.sh"), run);
    writeFileSync(file("output"), "");
    const ran = await runScript(file("step.sh"), checkout, { ...environment, ...asked.env, ...own });
    steps.push({ command: run, ...ran });
    if (id !== undefined) answers[id] = { outputs: keyed(file("output")) };
    if (ran.code !== 0) status = "failure";
  }
  return { steps, used, summary: readFileSync(file("summary"), "utf8") };
}

/** Lines as GitHub takes them, `key=value`. */
const keyed = (file: string): Texts =>
  Object.fromEntries(
    [...readFileSync(file, "utf8").matchAll(/^([\w-]+)=(.*)$/gm)].map(([, key = "", value = ""]) => [key, value]),
  );

async function runScript(
  script: string,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Pick<Ran, "code" | "output">> {
  const child = spawn("bash", ["-e", script], { cwd, env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, output: out + err };
}
