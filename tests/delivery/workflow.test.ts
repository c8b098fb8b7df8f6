import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readBootstrap } from "../../bootstrap/read.ts";
import { commands } from "../../cli/commands/index.ts";
import { inputsAnnotation } from "../../cli/inputs/reuse.ts";
import { root } from "../../cli/root.ts";
import { execute, withFolder } from "../engine/support.ts";
import { type Workflow, workflowFiles, workflows } from "./workflow.ts";

const pipeline = named("ci-cd.yml");
const deploy = named("deploy.yml");
const record = named("record.yml");
const rollback = named("rollback.yml");
const comment = named("comment.yml");
const jobs = Object.entries(workflows).flatMap(([file, { jobs: all }]) =>
  Object.entries(all).map(([name, job]) => ({ file, name, job })),
);

function named(file: string): Workflow {
  const found = workflows[file];
  if (found === undefined) throw new Error(`there is no ${file}`);
  return found;
}

/** As GitHub fills it in. */
const expression = (text: string): string => `$\{{ ${text} }}`;

/** Everything that has passed before a job begins. */
function before(name: string): ReadonlySet<string> {
  const direct = pipeline.jobs[name]?.needs ?? [];
  return new Set(direct.flatMap((need) => [need, ...before(need)]));
}

describe("the order", () => {
  test.each([
    ["build", ["lint", "test-platform", "test-backend", "test-frontend", "preview"]],
    ["security-scan", ["build"]],
    ["deploy-staging", ["lint", "test-platform", "test-backend", "test-frontend", "preview", "build", "security-scan"]],
    [
      "deploy-production",
      ["lint", "test-platform", "test-backend", "test-frontend", "preview", "build", "security-scan"],
    ],
    ["release", ["deploy-production"]],
    ["cleanup", ["deploy-production", "release"]],
  ])("before %s [requirement ci/order]", (name, needed) =>
    expect([...before(name)]).toEqual(expect.arrayContaining(needed)),
  );

  test("inside a deploy: the branch's record and the images are there before the update, what it wrote is handed on", () => {
    const texts = [deploy, record]
      .flatMap(({ jobs: all }) => Object.values(all))
      .flatMap(({ steps }) => steps.map(({ run = "", uses = "" }) => `${run}${uses}`));
    const place = (words: string): number => texts.findIndex((text) => text.includes(words));
    const words = [
      "cp -r stacks/releases",
      "docker login",
      "imagetools create",
      "./platform images mirror",
      "./platform up",
      "upload-artifact",
      "git push",
    ];
    const places = words.map(place);
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(texts[place("./platform up")]).toContain('--release "release-$STACK-$GITHUB_SHA"');
    expect(deploy.jobs.record).toMatchObject({ needs: ["deploy"], uses: "./.github/workflows/record.yml" });
  });

  test("what is committed of a deploy starts no run, but a pull request of the branch has one, and the job that commits it has no credentials of a cloud", () => {
    const [commit = ""] =
      record.jobs.record?.steps.flatMap(({ run = "" }) => (run.includes("git commit") ? [run] : [])) ?? [];
    // Where a pull request's newest commit says so it is never tested, as that from develop to main would be:
    // https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs
    expect(commit).not.toMatch(/\[skip ci\]|\[ci skip\]|\[no ci\]|\[skip actions\]|\[actions skip\]|skip-checks/);
    for (const job of [record.jobs.record, deploy.jobs.record, rollback.jobs.record]) {
      expect(job?.permissions).toEqual({ contents: "write" });
      expect(job?.environment).toBeUndefined();
    }
  });

  test("a release is made of what is on record after the deploy, with every commit since the last one", () => {
    const [checkout] = pipeline.jobs.release?.steps ?? [];
    expect(checkout?.with).toEqual({ ref: expression("github.ref"), "fetch-depth": 0 });
  });
});

test("develop goes to staging, main to production, a pull request nowhere [requirement ci/staging, ci/production, acceptance/workflow]", () => {
  const conditions = { "deploy-staging": "refs/heads/develop", "deploy-production": "refs/heads/main" };
  for (const [name, ref] of Object.entries(conditions))
    expect(pipeline.jobs[name]?.if).toBe(`github.event_name == 'push' && github.ref == '${ref}'`);
  expect(pipeline.jobs["deploy-staging"]?.with).toEqual({ stack: "staging" });
  expect(pipeline.jobs["deploy-production"]?.with).toEqual({ stack: "prod" });
  expect(pipeline.jobs.build?.if).toBe("github.event_name == 'push'");
  // The same branches that the deploy roles trust.
  const branches = Object.values(pipeline.jobs).flatMap(({ uses, with: { stack }, if: condition = "" }) =>
    uses === undefined ? [] : [[stack, /refs\/heads\/(\S+)'/.exec(condition)?.[1]]],
  );
  expect(Object.fromEntries(branches)).toEqual(readBootstrap(root).branches);
});

/** What makes a job what its name says: a command that it runs, or an action that it uses. */
test.each([
  ["lint", "lint", /^\.\/platform lint --audit$/],
  ["lint", "lint", /^\.\/platform render --check$/],
  ["test-backend", "test-backend", /^\.\/platform test --full services\/backend$/],
  ["test-frontend", "test-frontend", /^\.\/platform test services\/frontend --coverage$/],
  ["build", "build", /^docker\/build-push-action@/],
  ["security", "security-scan", /^aquasecurity\/trivy-action@/],
])("a job does what its name says [requirement ci/%s]", (_, name, does) => {
  const done = pipeline.jobs[name]?.steps.flatMap(({ run, uses }) => [run ?? uses ?? ""]);
  expect(done).toEqual(expect.arrayContaining([expect.stringMatching(does)]));
});

test("images go to GitHub's registry; one with what can be mended and is high stops the pipeline", () => {
  const runs = pipeline.jobs.build?.steps.map(({ run = "" }) => run).join("\n");
  expect(runs).toMatch(/IMAGE=ghcr\.io\/\$\{GITHUB_REPOSITORY,,\}\/\$SERVICE/);
  const scan = pipeline.jobs["security-scan"]?.steps.find(({ uses }) => uses?.startsWith("aquasecurity/"));
  expect(scan?.with).toMatchObject({ "exit-code": "1", severity: "HIGH,CRITICAL", "ignore-unfixed": true });
});

test("an image is built and signed where the last build of the branch is of something else, or not signed by this workflow there", () => {
  const steps = pipeline.jobs.build?.steps ?? [];
  const place = (words: string): number => steps.findIndex(({ run, uses }) => `${run} ${uses}`.includes(words));
  const [login, same, build, sign] = [
    "docker/login-action@",
    "images reuse",
    "docker/build-push-action@",
    "cosign sign",
  ].map(place);
  expect([login, same, build, sign]).toEqual(
    [login, same, build, sign].toSorted((one = -1, other = -1) => one - other),
  );
  expect(login).toBeGreaterThan(0);
  expect(steps[same ?? 0]?.run).toContain('--signed-by "https://github.com/$GITHUB_WORKFLOW_REF"');
  // The command's answer goes on; a command that fails ends the job.
  expect(steps[same ?? 0]?.run).toMatch(/^set -o pipefail\n[\s\S]*\| tee -a "\$GITHUB_OUTPUT"$/m);
  for (const each of [build, sign]) expect(steps[each ?? 0]?.if).toBe("steps.same.outputs.digest == ''");
  expect(steps[build ?? 0]?.with).toMatchObject({
    // In the index, whose digest is signed. There is one because there are attestations.
    annotations: `index:${inputsAnnotation}=${expression("steps.same.outputs.inputs")}`,
    sbom: true,
    tags: expect.stringMatching(/:\$\{\{ github\.sha \}\}\n.*:\$\{\{ env\.LAST \}\}\n$/),
  });
  const noted = steps.find(({ run }) => run?.includes('.digest"') && run.includes("echo"));
  expect(noted?.env).toEqual({ DIGEST: expression("steps.same.outputs.digest || steps.build.outputs.digest") });
});

describe.each(jobs)("$file, $name", ({ name, job }) => {
  test("names images in small letters, whatever the repository's name has", () => {
    for (const { run = "" } of job.steps) expect(run).not.toMatch(/ghcr\.io\/\$(?!\{GITHUB_REPOSITORY,,\})/);
    expect(JSON.stringify(job)).not.toContain(`ghcr.io/${expression("github.repository")}`);
  });

  test("has an end, and its actions are pinned by commit", () => {
    if (job.uses === undefined) expect(job["timeout-minutes"]).toBeLessThanOrEqual(60);
    for (const uses of [job.uses, ...job.steps.map((step) => step.uses)])
      if (uses !== undefined && !uses.startsWith("./")) expect(uses).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/);
  });

  test("may do no more than it does", () => {
    const writes = Object.entries(job.permissions).flatMap(([scope, may]) => (may === "write" ? [scope] : []));
    const allowed: Readonly<Record<string, readonly string[]>> = {
      preview: ["security-events"],
      build: ["id-token", "packages"],
      "security-scan": ["security-events"],
      // packages: the marks in ghcr.io, by which the cleanup knows what runs.
      "deploy-staging": ["contents", "id-token", "packages"],
      "deploy-production": ["contents", "id-token", "packages"],
      deploy: ["id-token", "packages"],
      rollback: ["id-token"],
      record: ["contents"],
      cleanup: ["packages"],
      release: ["contents"],
      comment: ["pull-requests"],
    };
    expect(writes.sort()).toEqual(allowed[name] ?? []);
  });

  // https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/uploading-a-sarif-file-to-github
  test("may ask for its run where it uploads findings, which a private repository does not tell everybody", () => {
    const uploads = job.steps.some(({ uses = "" }) => uses.includes("/upload-sarif@"));
    if (uploads) expect(job.permissions).toMatchObject({ actions: "read", "security-events": "write" });
  });

  test("puts nothing that somebody else wrote into its commands", () => {
    for (const { run = "" } of job.steps) expect(run).not.toContain(expression("").slice(0, 3));
  });

  test("calls only what ./platform has, with options that it knows", () => {
    for (const { run = "" } of job.steps) {
      for (const [, called = "", rest = ""] of run.matchAll(/\.\/platform (\S+)([^|\n]*)/g)) {
        const whole = commands.map((make) => make()).find((each) => each.name() === called);
        const command = whole?.commands.find((each) => each.name() === rest.trim().split(" ")[0]) ?? whole;
        expect(command, called).toBeDefined();
        const known = command?.options.flatMap(({ long }) => (long == null ? [] : [long])) ?? [];
        for (const [option] of rest.matchAll(/--[\w-]+/g))
          if (called !== "test" || option !== "--coverage") expect(known).toContain(option);
      }
    }
  });
});

test("each commit has its version beside it, the same in every file", () => {
  const found = workflowFiles.flatMap((file) => [
    ...readFileSync(file, "utf8").matchAll(/uses: (\S+@\S+)( # v[\d.]+)?$/gm),
  ]);
  expect(found.length).toBeGreaterThan(15);
  const versions = new Map<string, string>();
  for (const [, action = "", version] of found) {
    expect(version, action).toBeDefined();
    const [name = ""] = action.split("@");
    const said = `${action}${version}`;
    expect(versions.get(name) ?? said).toBe(said);
    versions.set(name, said);
  }
});

test("two deploys of a stack, or one and a rollback, never overlap, and none is ended half way", () => {
  for (const job of [deploy.jobs.deploy, rollback.jobs.rollback])
    expect(job?.concurrency).toEqual({
      group: `deploy-${expression("inputs.stack")}`,
      "cancel-in-progress": false,
    });
  expect(pipeline.concurrency?.["cancel-in-progress"]).toBe(expression("github.event_name == 'pull_request'"));
  // Its rules ask for approval, its variables and secrets are no other job's.
  for (const job of [deploy.jobs.deploy, rollback.jobs.rollback])
    expect(job?.environment).toBe(expression("inputs.stack"));
});

test("what a pull request's code can reach holds no secret [requirement environment/secrets]", () => {
  const reached = Object.entries(pipeline.jobs).filter(
    ([, job]) => job.if === undefined && job.needs.every((need) => need === "lint"),
  );
  expect(reached.map(([name]) => name).sort()).toEqual([
    "lint",
    "preview",
    "test-backend",
    "test-frontend",
    "test-platform",
  ]);
  for (const [, { steps }] of reached) expect(JSON.stringify(steps)).not.toContain("secrets.");
  expect(Object.keys(pipeline.on)).not.toContain("pull_request_target");
});

test("the comment neither checks out nor runs what a pull request brings", () => {
  for (const { steps } of Object.values(comment.jobs)) {
    for (const { uses = "" } of steps) expect(uses).not.toContain("checkout");
    for (const { run = "" } of steps) expect(run).not.toMatch(/\.\/|npm|node /);
  }
});

test("a pull request whose run ended before its preview gets no comment, and that is no failure", async () => {
  const [download, write] = comment.jobs.comment?.steps ?? [];
  // Asked for by its name, what is not there is an error.
  expect(download?.with).toMatchObject({ pattern: "preview", "merge-multiple": true });
  expect(download?.with).not.toHaveProperty("name");
  await withFolder(async (folder) => {
    const script = `cd "${folder}"\n${write?.run}`;
    // Without gh on its path.
    const nothing = { code: 0, stdout: "", stderr: "" };
    expect(await execute("/bin/bash", ["-e", "-c", script], { PATH: folder })).toEqual(nothing);
  });
});
