import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { workflows } from "../workflow.ts";

/** Where a job's steps are run, as a runner of GitHub would run them. */
export interface Runner {
  /** The checkout. */
  readonly checkout: string;
  /** An empty folder for the runner's own files. */
  readonly temporary: string;
  /** All that the steps find beside what they state. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What GitHub fills in for the expressions of the job's steps. */
  readonly expressions: Readonly<Record<string, string>>;
}

/** What became of a step that has a command. */
export interface Ran {
  readonly command: string;
  /** Undefined for a step that was left out, because one before it failed. */
  readonly code: number | null | undefined;
  readonly output: string;
}

/** What the steps of a job wrote for GitHub. */
export interface JobRun {
  readonly steps: readonly Ran[];
  readonly summary: string;
  /** What later steps find in their environment. */
  readonly exported: Readonly<Record<string, string>>;
}

/**
 * Runs the commands of a job of the pipeline, word for word, as GitHub's runner does on Linux
 * (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell: `bash -e`).
 * Steps that use an action are left out. Throws for an expression that nobody says the value of.
 */
export async function runJob(name: string, { checkout, temporary, environment, expressions }: Runner): Promise<JobRun> {
  const job = workflows["ci-cd.yml"]?.jobs[name];
  if (job === undefined) throw new Error(`the pipeline has no job ${name}`);
  const folder = mkdtempSync(join(temporary, `${name}-`));
  const file = (what: string): string => join(folder, what);
  for (const each of ["summary", "env", "output"]) writeFileSync(file(each), "");
  const own = { GITHUB_STEP_SUMMARY: file("summary"), GITHUB_ENV: file("env"), GITHUB_OUTPUT: file("output") };
  const stated = (env: Readonly<Record<string, unknown>>) => filledIn(env, expressions);
  const exported = (): Readonly<Record<string, string>> =>
    Object.fromEntries(
      [...readFileSync(file("env"), "utf8").matchAll(/^(\w+)=(.*)$/gm)].map(([, key = "", value = ""]) => [key, value]),
    );

  const steps: Ran[] = [];
  for (const { run, env, if: condition } of job.steps) {
    if (run === undefined) continue;
    const isWanted = condition === "always()" || steps.every(({ code }) => code === 0);
    writeFileSync(file("step.sh"), run);
    const all = { ...environment, ...stated(job.env), ...exported(), ...own, ...stated(env) };
    steps.push({
      command: run,
      ...(isWanted ? await runScript(file("step.sh"), checkout, all) : { code: undefined, output: "" }),
    });
  }
  return { steps, summary: readFileSync(file("summary"), "utf8"), exported: exported() };
}

const expression = /\$\{\{ (.*?) \}\}/g;

/** The expressions that GitHub would fill in. */
export const expressionsOf = (env: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.values(env).flatMap((said) => [...String(said).matchAll(expression)].flatMap(([, found = ""]) => [found]));

/** `${{ github.token }}` → what the test says that it is. */
function filledIn(
  env: Readonly<Record<string, unknown>>,
  values: Runner["expressions"],
): Readonly<Record<string, string>> {
  const value = (whole: string, name: string): string => {
    const { [name]: found } = values;
    if (found === undefined) throw new Error(`nobody says what ${whole} is`);
    return found;
  };
  return Object.fromEntries(
    Object.entries(env).map(([key, said]) => [key, String(said).replaceAll(expression, value)]),
  );
}

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
