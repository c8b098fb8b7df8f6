import { matchesGlob } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readBootstrap } from "../../bootstrap/read.ts";
import { root } from "../../cli/root.ts";
import { type Context, filledIn, holds, type Status } from "./expressions.ts";
import { type Workflow, workflows } from "./workflow.ts";

const REPOSITORY = "acme/trading";

const push = (branch: string): Context => ({
  github: {
    event_name: "push",
    ref: `refs/heads/${branch}`,
    ref_name: branch,
    repository: REPOSITORY,
    event: { before: "a".repeat(40) },
  },
});
const pullRequest = (from: string): Context => ({
  github: {
    event_name: "pull_request",
    ref: "refs/pull/7/merge",
    base_ref: "develop",
    repository: REPOSITORY,
    event: { pull_request: { head: { repo: { full_name: from } } } },
  },
});
const events: Readonly<Record<string, Context>> = {
  "a push to develop": push("develop"),
  "a push to main": push("main"),
  "a pull request": pullRequest(REPOSITORY),
  "a pull request of a fork": pullRequest("somebody/trading"),
};

const named = (file: string): Workflow => workflows[file] ?? expect.fail(`there is no ${file}`);
const event = (name: string): Context => events[name] ?? expect.fail(`there is no ${name}`);

/** Which jobs an event runs, when those that are named fail, by GitHub's rules. */
function ran(file: string, context: Context, ...failing: readonly string[]): readonly string[] {
  const { jobs } = named(file);
  const ends = new Map<string, Status>();
  const end = (name: string): Status => {
    const known = ends.get(name);
    if (known !== undefined) return known;
    const job = jobs[name] ?? expect.fail(`no job ${name}`);
    const before = job.needs.map(end);
    const status = before.includes("failure") ? "failure" : before.includes("skipped") ? "skipped" : "success";
    const ended = !holds(job.if, context, status) ? "skipped" : failing.includes(name) ? "failure" : "success";
    // What follows of something that was not run because of a failure is not told apart: neither is a success.
    ends.set(name, ended);
    return ended;
  };
  return Object.keys(jobs).filter((name) => end(name) !== "skipped");
}

const TESTED = ["lint", "test-platform", "test-backend", "test-frontend", "preview"];

describe("which jobs run, as GitHub's own library evaluates their conditions", () => {
  test.each([
    ["a push to develop", [...TESTED, "build", "security-scan", "deploy-staging"]],
    ["a push to main", [...TESTED, "build", "security-scan", "deploy-production", "release", "cleanup"]],
    ["a pull request", TESTED],
    ["a pull request of a fork", TESTED],
  ])("%s", (name, jobs) => expect(ran("ci-cd.yml", event(name))).toEqual(jobs));

  test.each([...TESTED, "build", "security-scan"])("%s fails: nothing is deployed, released or deleted", (failing) => {
    for (const branch of ["develop", "main"]) {
      const jobs = ran("ci-cd.yml", push(branch), failing);
      expect(jobs).toContain(failing);
      expect(jobs.filter((each) => /deploy|release|cleanup/.test(each))).toEqual([]);
    }
  });

  test("a deploy that fails: nothing is released or deleted", () => {
    expect(ran("ci-cd.yml", push("main"), "deploy-production")).not.toEqual(expect.arrayContaining(["release"]));
    expect(ran("ci-cd.yml", push("main"), "release")).not.toContain("cleanup");
  });

  test("what runs is written down also where a deploy fails after its update", () => {
    expect(ran("deploy.yml", {}, "deploy")).toEqual(["deploy", "record"]);
    expect(ran("rollback.yml", {}, "rollback")).toEqual(["rollback", "record"]);
    const steps = named("deploy.yml").jobs.deploy?.steps ?? [];
    const place = (words: string): number =>
      steps.findIndex(({ run, uses }) => `${run} ${uses}`.includes(words)) ?? expect.fail(words);
    const kept = steps[place("upload-artifact")];
    expect(place("upload-artifact")).toBe(place("./platform up") + 1);
    expect(holds(kept?.if, {}, "failure")).toBe(true);
    // What was never deployed has none, and that is no second error.
    expect(kept?.with["if-no-files-found"]).toBe("ignore");
  });

  test("the comment is written for pull requests alone", () => {
    for (const [of, jobs] of [
      ["pull_request", ["comment"]],
      ["push", []],
    ] as const) {
      expect(ran("comment.yml", { github: { event: { workflow_run: { event: of } } } })).toEqual(jobs);
    }
  });
});

describe("which steps run", () => {
  const runs = (job: string, words: string, context: Context, status: Status = "success"): boolean => {
    const step = named("ci-cd.yml").jobs[job]?.steps.find(({ run, uses }) => `${run} ${uses}`.includes(words));
    return step === undefined ? expect.fail(`${job} has no step ${words}`) : holds(step.if, context, status);
  };

  test.each([
    ["a push to main", true, false],
    ["a pull request", true, true],
    // A fork's token may not write there.
    ["a pull request of a fork", false, true],
  ])(
    "%s: the policies' findings on the review page, and the preview for the comment, also where it fails",
    (name, sarif, artifact) => {
      for (const status of ["success", "failure"] as const) {
        expect(runs("preview", "upload-sarif@", event(name), status)).toBe(sarif);
        expect(runs("preview", "upload-artifact@", event(name), status)).toBe(artifact);
      }
    },
  );

  test.each(["docker/build-push-action@", "cosign sign"])("%s only where no image is used again", (words) => {
    const same = (digest: string): Context => ({ steps: { same: { outputs: { digest } } } });
    expect(runs("build", words, same(""))).toBe(true);
    expect(runs("build", words, same("sha256:1"))).toBe(false);
    expect(runs("build", words, same(""), "failure")).toBe(false);
  });
});

test("what a preview is compared with: the branch that it goes into, else what was pushed before", () => {
  const base = (name: string): string => {
    const [value] = named("ci-cd.yml").jobs.preview?.steps.flatMap(({ env: { BASE } }) => BASE ?? []) ?? [];
    return filledIn(String(value), event(name));
  };
  expect(base("a pull request of a fork")).toBe("origin/develop");
  expect(base("a push to main")).toBe("a".repeat(40));
});

test("a rollback is run from the branch that the stack's role trusts, for each stack that has one", () => {
  const { branches } = readBootstrap(root);
  const inputs = z.object({ inputs: z.object({ stack: z.object({ options: z.array(z.string()) }) }) });
  const { options } = inputs.parse(named("rollback.yml").on.workflow_dispatch).inputs.stack;
  expect(options.toSorted()).toEqual(Object.keys(branches).sort());
  const [{ env: { BRANCH } = {} } = {}] = named("rollback.yml").jobs.rollback?.steps ?? [];
  for (const [stack, branch] of Object.entries(branches))
    expect(filledIn(String(BRANCH), { inputs: { stack } })).toBe(branch);
});

test("runs of a branch wait for each other, those of a pull request give way to the newest", () => {
  const { concurrency } = named("ci-cd.yml");
  const asked = (name: string) =>
    [concurrency?.group, concurrency?.["cancel-in-progress"]].map((text) => filledIn(String(text), event(name)));
  expect(asked("a push to main")).toEqual(["ci-cd-refs/heads/main", "false"]);
  expect(asked("a push to develop")).toEqual(["ci-cd-refs/heads/develop", "false"]);
  expect(asked("a pull request")).toEqual(["ci-cd-refs/pull/7/merge", "true"]);
});

test("a record that is pushed, by whomever, starts no run: after a rollback by hand the pipeline would deploy again what failed", () => {
  const { paths } = z.object({ paths: z.array(z.string()) }).parse(named("ci-cd.yml").on.push);
  // The last pattern that fits says so:
  // https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#example-including-and-excluding-files
  const starts = (...changed: readonly string[]): boolean =>
    changed.some((file) => {
      // To GitHub a name that begins with a dot is one as any other; to Node it is not.
      const last = paths.findLast((pattern) => pattern === "**" || matchesGlob(file, pattern.replace(/^!/, "")));
      return last !== undefined && !last.startsWith("!");
    });
  expect(starts("stacks/releases/prod.yaml", "stacks/releases/staging.yaml")).toBe(false);
  expect(starts("stacks/releases/prod.yaml", "Pulumi.prod.yaml")).toBe(true);
  expect(starts("stacks/releases/prod.images.yaml")).toBe(true);
  expect(starts("services/backend/main.ts")).toBe(true);
  expect(starts(".github/workflows/ci-cd.yml")).toBe(true);
});

describe.each(Object.keys(workflows))("%s", (file) => {
  test("each expression and each condition is one that GitHub takes", () => {
    const texts: string[] = [];
    const visit = (value: unknown): void => {
      if (typeof value === "string") texts.push(value);
      else if (typeof value === "object" && value !== null) Object.values(value).forEach(visit);
    };
    visit(named(file));
    for (const text of texts) expect(() => filledIn(text, {}), text).not.toThrow();
    for (const { if: job, steps } of Object.values(named(file).jobs))
      for (const condition of [job, ...steps.map((step) => step.if)])
        expect(() => holds(condition, {}, "success"), condition).not.toThrow();
  });
});

test("an expression that GitHub would refuse is refused", () => {
  for (const wrong of ["githb.ref", "always(", "lenght(github.ref)", "github.ref = 'x'"])
    expect(() => holds(wrong, {}, "success"), wrong).toThrow();
});
